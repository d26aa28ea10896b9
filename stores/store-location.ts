import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BatonError, failure } from '../contract/failures.ts';

/** Where a store lives: in a file of this host, or in a PostgreSQL database. */
export type StoreLocation =
  { readonly kind: 'embedded'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };

/** At least two letters, so that `C:\baton.db` is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Reads the address of a store: `file:/var/lib/baton/ledger.db`, a bare path, or `postgres://user@host/database`.
 * @throws a failure `CONFIGURATION_INVALID` naming what is allowed
 */
export function parseStoreLocation(url: string): StoreLocation {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      if (url === '' || url.startsWith(':') || url.includes('\0')) throw invalid(url);
      return { kind: 'embedded', path: path.resolve(url) };
    case 'file':
      return { kind: 'embedded', path: filePath(url) };
    case 'postgres':
    case 'postgresql':
      if (!URL.canParse(url)) throw invalid(withoutPassword(url));
      return { kind: 'postgres', url };
    default:
      throw invalid(withoutPassword(url));
  }
}

/** An address fit for messages and logs. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/@]*?:)[^/]*@/, '$1***@').replace(/([?&]password=)[^&]*/i, '$1***');
}

function filePath(url: string): string {
  try {
    const rest = url.slice('file:'.length);
    if (rest === '' || /[?#]/.test(rest)) throw new Error('only a path may follow file:');
    return rest.startsWith('/') ? fileURLToPath(url) : path.resolve(decodeURIComponent(rest));
  } catch (thrown) {
    throw invalid(url, thrown);
  }
}

function invalid(url: string, cause?: unknown): BatonError {
  const found = cause instanceof Error ? `"${url}" (${cause.message})` : `"${url}"`;
  const detail = `a store is file:/path/to/file.db, a path, or postgres://user@host/database, not ${found}`;
  return new BatonError(failure('CONFIGURATION_INVALID', detail));
}
