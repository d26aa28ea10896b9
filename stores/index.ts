export { openLedgerStore, openManifestStore, openRecordStore } from './open-stores.ts';
export type { EmbeddedOptions } from './embedded/database.ts';
