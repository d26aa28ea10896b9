import { digestOf } from './digest.ts';
import type { JsonObject } from './json.ts';

/** What a ledger row tells of: one word per boundary a case can cross. */
export type LedgerKind =
  | 'case-opened'
  | 'case-adopted'
  | 'team-pinned'
  | 'message-received'
  | 'message-sent'
  | 'human-asked'
  | 'turn-completed'
  | 'turn-failed'
  | 'turn-refused'
  | 'turn-stopped'
  | 'facts-missing'
  | 'ask-opened'
  | 'ask-answered'
  | 'ask-failed'
  | 'ask-refused'
  | 'ask-withdrawn'
  | 'fan-out-opened'
  | 'fan-out-decided'
  | 'fan-out-ended'
  | 'remote-task-changed'
  | 'handoff-refused'
  | 'handoff-held'
  | 'handoff-offered'
  | 'handoff-accepted'
  | 'handoff-declined'
  | 'handoff-expired'
  | 'handoff-withdrawn'
  | 'handoff-completed'
  | 'handoff-returned'
  | 'handoff-rolled-back'
  | 'handoff-dead-lettered'
  | 'acknowledgement-refused'
  | 'readiness-read'
  | 'agent-isolated'
  | 'effect-scheduled'
  | 'effect-committed'
  | 'effect-refused'
  | 'effect-failed'
  | 'undo-scheduled'
  | 'effect-undone'
  | 'undo-failed'
  | 'effect-kept'
  | 'review-opened'
  | 'review-approval-given'
  | 'review-reminded'
  | 'review-widened'
  | 'review-edited'
  | 'review-revised'
  | 'review-information-asked'
  | 'review-information-given'
  | 'review-released'
  | 'review-decided'
  | 'review-expired'
  | 'review-withdrawn'
  | 'message-refused'
  | 'dead-letter-opened'
  | 'dead-letter-redriven'
  | 'dead-letter-discarded'
  | 'person-claimed'
  | 'person-released'
  | 'person-reassigned'
  | 'person-took-over'
  | 'person-whispered'
  | 'people-reminded'
  | 'directory-consulted'
  | 'door-keys-read'
  | 'unmask-granted'
  | 'policy-evaluated'
  | 'policy-switch-asked'
  | 'policy-switched'
  | 'policy-switch-failed'
  | 'cancel-requested'
  | 'case-continued'
  | 'case-closed';

/**
 * One boundary of a case, authored by its workflow after the decision (I9). Rows of a trace are numbered without
 * gaps from 1, and each carries the hash of the one before it, so that a changed, missing or swapped row shows.
 */
export interface LedgerRow {
  readonly version: '1.0.0';
  /** Trace id of the case. */
  readonly trace: string;
  /** 1 for the first row of a trace; no gaps. */
  readonly sequence: number;
  /** Hash of the row before, or {@link GENESIS_HASH} for the first. */
  readonly previous: string;
  /** Workflow time, ISO 8601 in UTC. Order is by sequence, never by time. */
  readonly at: string;
  readonly kind: LedgerKind;
  /** Who owned the case once the boundary was crossed: an agent's name, or `people:<pool>`. */
  readonly owner: string;
  readonly content: JsonObject;
  /** SHA-256 of the canonical form of all other fields, but for the next. */
  readonly hash: string;
  /** What the row said was erased with its person (M11). Only a reader says so; no store has it written down. */
  readonly erased?: true;
}

/** The hash that the first row of every trace names as its predecessor. */
export const GENESIS_HASH = '0'.repeat(64);

/** The hash a row must carry: of everything in it but the hash itself. */
export function ledgerHash(row: Omit<LedgerRow, 'hash'>): string {
  const { version, trace, sequence, previous, at, kind, owner, content } = row;
  return digestOf({ version, trace, sequence, previous, at, kind, owner, content });
}

/** The last row of a chain as far as it is known: enough to write the next row and to notice a lost tail. */
export interface LedgerHead {
  readonly sequence: number;
  readonly hash: string;
}

/** What is wrong with a chain of rows, naming the first bad one. */
export interface LedgerFault {
  readonly sequence: number;
  readonly problem: 'changed' | 'missing' | 'swapped' | 'foreign';
  readonly detail: string;
}

/**
 * Walks a trace's rows in order and names the first that is changed, missing or swapped (F29).
 * @param rows all rows of one trace as a store returned them
 * @param options `erasedToo` takes rows for sound whose content was erased: they are still numbered and chained
 * @returns the first fault, or undefined for a sound chain
 */
export function findLedgerFault(
  trace: string,
  rows: readonly LedgerRow[],
  options: { readonly erasedToo?: boolean } = {},
): LedgerFault | undefined {
  let previous = GENESIS_HASH;
  for (const [index, row] of rows.entries()) {
    const sequence = index + 1;
    if (row.trace !== trace)
      return { sequence, problem: 'foreign', detail: `row belongs to trace ${row.trace}` };
    if (row.sequence !== sequence) {
      return {
        sequence,
        problem: 'missing',
        detail: `expected row ${String(sequence)}, found ${String(row.sequence)}`,
      };
    }
    if (row.erased === true && options.erasedToo !== true)
      return { sequence, problem: 'changed', detail: 'the content was erased with its person' };
    if (row.erased !== true && row.hash !== ledgerHash(row)) {
      return { sequence, problem: 'changed', detail: 'the content does not have the hash the row carries' };
    }
    if (row.previous !== previous) {
      return { sequence, problem: 'swapped', detail: 'the row does not follow the one before it' };
    }
    previous = row.hash;
  }
  return undefined;
}
