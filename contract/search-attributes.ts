import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * What a case is found by in the Temporal UI and by `baton list`. No personal data: no codec sees search attributes.
 * A missing one is refused at start-up with the command that adds it.
 */
export const SEARCH_ATTRIBUTES = {
  team: defineSearchAttributeKey('BatonTeam', 'KEYWORD'),
  owner: defineSearchAttributeKey('BatonOwner', 'KEYWORD'),
  stage: defineSearchAttributeKey('BatonStage', 'KEYWORD'),
  hops: defineSearchAttributeKey('BatonHops', 'INT'),
  /** Whose case it is, set at its start; absent for those of the tenant `default`. */
  tenant: defineSearchAttributeKey('BatonTenant', 'KEYWORD'),
  /** Whom the case waits for: `user`, `people:<pool>`, or nobody. */
  waitingOn: defineSearchAttributeKey('BatonWaitingOn', 'KEYWORD'),
} as const;
