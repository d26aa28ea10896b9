import path from 'node:path';
import type { CaseCipher, PersonKeyTable } from '../contract/key-ports.ts';
import type { ContextStore } from '../contract/ports.ts';
import { ledgerUrl } from './ledger-url.ts';
import { openContextStore, openPersonKeyTable } from './open-stores.ts';
import { parseStoreLocation } from './store-location.ts';

/** Where context and the keys to it are. */
export interface ContextLocations {
  readonly contextUrl: string;
  readonly keysUrl: string;
  /** A Redis in front of the context; none when absent. */
  readonly hotUrl?: string;
}

/**
 * Where services and commands alike keep context: `BATON_CONTEXT_URL`, else beside the ledger in its database;
 * persons' keys at `BATON_KEYS_URL`, else in a file of their own beside an embedded context
 * (`baton.db`, `baton-keys.db`) and in the same database otherwise; hot copies at `BATON_REDIS_URL`, else nowhere.
 * @param environment such as `process.env`
 * @throws a failure `CONFIGURATION_INVALID` when the context's address cannot be one
 */
export function contextLocations(
  environment: Readonly<Record<string, string | undefined>>,
): ContextLocations {
  const contextUrl = environment['BATON_CONTEXT_URL'] || ledgerUrl(environment);
  const hotUrl = environment['BATON_REDIS_URL'];
  return {
    contextUrl,
    keysUrl: environment['BATON_KEYS_URL'] || keysBeside(contextUrl),
    ...(hotUrl ? { hotUrl } : {}),
  };
}

function keysBeside(contextUrl: string): string {
  const location = parseStoreLocation(contextUrl);
  if (location.kind === 'postgres') return contextUrl;
  const { dir, name, ext } = path.parse(location.path);
  return path.join(dir, `${name}-keys${ext}`);
}

/**
 * Opens the context store at its locations. It closes everything with itself.
 * @param cipherOf makes the cipher over the table of persons' keys: `cipherOfEnvironment` of the security room
 * @throws as `openContextStore` does
 */
export async function openContextAt(
  locations: ContextLocations,
  cipherOf: (table: PersonKeyTable) => CaseCipher,
): Promise<ContextStore> {
  const { contextUrl, keysUrl, hotUrl } = locations;
  const table = await openPersonKeyTable(keysUrl);
  try {
    const cipher = cipherOf(table);
    return await openContextStore(contextUrl, { cipher, ...(hotUrl === undefined ? {} : { hotUrl }) });
  } catch (thrown) {
    await table.close();
    throw thrown;
  }
}
