import type { LedgerStore, ManifestStore, RecordStore } from '../contract/ports.ts';
import type { EmbeddedOptions } from './embedded/database.ts';
import { openEmbeddedLedgerStore } from './embedded/ledger-store.ts';
import { openEmbeddedManifestStore } from './embedded/manifest-store.ts';
import { openEmbeddedRecordStore } from './embedded/record-store.ts';
import { openPostgresLedgerStore } from './postgres/ledger-store.ts';
import { openPostgresManifestStore } from './postgres/manifest-store.ts';
import { openPostgresRecordStore } from './postgres/record-store.ts';
import { parseStoreLocation } from './store-location.ts';

/**
 * Opens the ledger at an address: `file:/path/to/file.db` or a path for the embedded store, `postgres://...` for
 * PostgreSQL. Folders and tables that are missing are made.
 * @throws failures `CONFIGURATION_INVALID` for an address that cannot be one, a file that is not a database, tables
 * of a newer release or a refused login; `STORE_IN_USE` when another host holds the file; `STORE_UNAVAILABLE`
 * (retryable) when the database does not answer
 */
export async function openLedgerStore(url: string, options?: EmbeddedOptions): Promise<LedgerStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedLedgerStore(location.path, options)
    : openPostgresLedgerStore(location.url);
}

/** Opens the store of team manifests at an address, as {@link openLedgerStore} does the ledger. */
export async function openManifestStore(url: string, options?: EmbeddedOptions): Promise<ManifestStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedManifestStore(location.path, options)
    : openPostgresManifestStore(location.url);
}

/**
 * Opens a record store at an address, as {@link openLedgerStore} does the ledger. Give it a database of its own: in
 * one file with the ledger, every append would wait for the change that is just running.
 */
export async function openRecordStore(url: string, options?: EmbeddedOptions): Promise<RecordStore> {
  const location = parseStoreLocation(url);
  return location.kind === 'embedded'
    ? openEmbeddedRecordStore(location.path, options)
    : openPostgresRecordStore(location.url);
}
