export { openLedgerStore, openManifestStore, openRecordStore } from './open-stores.ts';
export { ledgerUrl } from './ledger-url.ts';
export type { EmbeddedOptions } from './embedded/database.ts';
