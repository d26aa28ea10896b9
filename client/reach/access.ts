import type { Client } from '@temporalio/client';
import type { CaseKeys } from '../../contract/key-ports.ts';
import type { ContextStore, LedgerStore } from '../../contract/ports.ts';

/** What every request of the client needs. */
export interface Access {
  readonly client: Client;
  /** Address of the server, for messages only. */
  readonly address: string;
  /** The ledger, where `verify` is to be possible. */
  readonly ledger?: LedgerStore;
  /** The context store, where persons are to be exported or erased. */
  readonly context?: ContextStore;
  /** Keys of single cases' payloads, where a person is to be erased from Temporal too. */
  readonly caseKeys?: CaseKeys;
  /** Teams whose texts go by reference. */
  readonly privateTeams?: readonly string[];
  /** How long a worker may take to answer, in milliseconds. */
  readonly answerMs: number;
  /** How long the server may take to answer, in milliseconds. */
  readonly serverMs: number;
}
