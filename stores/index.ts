export { contextLocations, openContextAt, type ContextLocations } from './context-locations.ts';
export {
  openBreakerStore,
  openContextKeys,
  openContextStore,
  openLedgerStore,
  openManifestStore,
  openNonceStore,
  openOutbox,
  openPersonKeyTable,
  openPolicyStore,
  openPushStore,
  openRecordStore,
  openTenantBudgets,
  openToolRates,
  type ContextStoreOptions,
} from './open-stores.ts';
export {
  checkPolicyFile,
  faultText,
  readPolicyFile,
  type PolicyFault,
  type PolicyJudge,
  type PolicyObjection,
  type PolicyReading,
} from './policy-file.ts';
export { draftOfPolicyFile, type PolicyChange } from './policy-file-draft.ts';
export { ledgerUrl } from './ledger-url.ts';
export type { EmbeddedOptions } from './embedded/database.ts';
export {
  openPeopleFile,
  readPeopleText,
  type PeopleFault,
  type PeopleFileOptions,
  type PeopleReading,
} from './directory/people-file.ts';
export type { PeopleFile } from './directory/people-schema.ts';
