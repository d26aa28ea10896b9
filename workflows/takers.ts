import { failure, type Failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import { poolOfOwner } from '../contract/queues.ts';
import type { DoorEvent } from './events.ts';
import { takerPool } from './standing.ts';
import type { CaseState } from './state.ts';

/**
 * The pool about which the directory must be asked again before somebody takes the case: what it said last is too old
 * to say that they have not left meanwhile. Whoever holds a case was asked about when they took it.
 * @param now workflow time in milliseconds
 * @returns undefined where nobody takes the case by it, the pool has members of its own, or the answer is fresh
 */
export function poolToAsk(state: CaseState, event: DoorEvent, now: number): string | undefined {
  const name = poolTakenIn(state, event, now);
  const pool = name === undefined ? undefined : getOwn(state.manifest?.pools ?? {}, name);
  const snapshot = pool && getOwn(state.directory ?? {}, pool.name);
  if (!pool?.staffing || pool.claimFreshMs === undefined || !snapshot) return undefined;
  return now > Date.parse(snapshot.at) + pool.claimFreshMs ? pool.name : undefined;
}

/** That the directory is being asked already: an answer for whoever comes meanwhile, without a trace in the history. */
export function refuseWhileAsked(state: CaseState, event: DoorEvent, now: number): Failure | undefined {
  const pool = state.claiming && poolToAsk(state, event, now);
  return pool === undefined ? undefined : failure('DIRECTORY_PENDING', `pool ${pool}`, 'by');
}

function poolTakenIn(state: CaseState, event: DoorEvent, now: number): string | undefined {
  switch (event.kind) {
    case 'claimed':
    case 'person-replied':
    case 'gave-back':
    case 'person-resolved':
      return holds(state, event.message.by, now) ? undefined : poolOfOwner(state.owner);
    case 'reassigned':
      return holds(state, event.message.to, now) ? undefined : poolOfOwner(state.owner);
    case 'taken-over':
      return holds(state, event.message.by, now) ? undefined : takerPool(state, event.message, now);
    case 'said':
    case 'human-asked':
    case 'decided':
    case 'released':
    case 'whispered':
    case 'redriven':
    case 'discarded':
    case 'unmask-asked':
    case 'policy-switch-asked':
      return undefined;
  }
}

function holds({ claimedBy, lease }: CaseState, by: string, now: number): boolean {
  return claimedBy === by && (!lease || now < Date.parse(lease.until));
}
