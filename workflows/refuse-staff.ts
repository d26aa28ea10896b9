import type { Failure } from '../contract/failures.ts';
import { failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import { poolOfOwner } from '../contract/queues.ts';
import type { Reassign, TakeOver } from '../contract/staff-shapes.ts';
import { standingOf, suffices, takerPool } from './standing.ts';
import type { CaseState } from './state.ts';

/** Why somebody may not act as the holder of a case, or undefined. "Somebody else has it" is an answer. */
export function refusePerson(state: CaseState, by: string, now: number): Failure | undefined {
  return refuseMember(state, by, now) ?? refuseHeld(state, by, now);
}

function refuseMember(state: CaseState, by: string, now: number): Failure | undefined {
  const pool = poolOfOwner(state.owner);
  if (pool === undefined) return failure('NOT_OWNED_BY_PERSON', `the owner is ${state.owner}`);
  const standing = standingOf(state, { pool, by }, now);
  if (standing.kind === 'unknown') return failure('DIRECTORY_PENDING', `pool ${pool}`, 'by');
  if (standing.kind === 'stranger')
    return failure('PERSON_FORBIDDEN', `${JSON.stringify(by)}, pool ${pool}`, 'by');
  return undefined;
}

/** Somebody else holds the case, by the workflow's clock: also when the timer of a lease has not fired yet. */
function refuseHeld(state: CaseState, by: string, now: number): Failure | undefined {
  const { claimedBy, lease } = state;
  if (claimedBy === undefined || claimedBy === by) return undefined;
  if (lease && now >= Date.parse(lease.until)) return undefined;
  return failure('CLAIMED_BY_OTHER', lease ? `${claimedBy}, until ${lease.until}` : claimedBy, 'by');
}

/** Only whoever holds a case lets go of it; that nobody holds it is what they want. */
export function refuseRelease(state: CaseState, by: string, now: number): Failure | undefined {
  return refuseMember(state, by, now) ?? refuseHeld(state, by, now) ?? refuseOffered(state);
}

/** The holder, a supervisor, or anybody of the pool where nobody holds the case; to somebody of the pool. */
export function refuseReassign(state: CaseState, { by, to }: Reassign, now: number): Failure | undefined {
  return (
    refuseMember(state, by, now) ??
    (mayOverrule(state, by, now) ? undefined : refuseHeld(state, by, now)) ??
    refuseMember(state, to, now) ??
    refuseOffered(state)
  );
}

/** Agents give way to whoever is of a pool; people only to their supervisors. */
export function refuseTakeOver(state: CaseState, request: TakeOver, now: number): Failure | undefined {
  const { by, pool } = request;
  const { kind } = state.work;
  if (kind === 'resolving' || kind === 'unwinding' || kind === 'unwound')
    return failure('REQUEST_FORBIDDEN', `the case is ${kind}`);
  const stranger = refuseStranger(state, by, now);
  if (stranger) return stranger;
  if (takerPool(state, request, now) === undefined)
    return failure('PERSON_FORBIDDEN', `${JSON.stringify(by)}, pool ${pool ?? ''}`, 'by');
  const { humanAsked } = state;
  if (humanAsked?.claims !== undefined && humanAsked.claims !== by)
    return failure('CLAIMED_BY_OTHER', `${humanAsked.claims} is taking it over`, 'by');
  return mayOverrule(state, by, now) ? undefined : refuseHeld(state, by, now);
}

/** Whether somebody may take a case out of another's hands. */
function mayOverrule(state: CaseState, by: string, now: number): boolean {
  const pool = getOwn(state.manifest?.pools ?? {}, poolOfOwner(state.owner) ?? '');
  if (!pool?.supervisors) return false;
  const standing = standingOf(state, { pool: pool.name, by, roles: pool.supervisors }, now);
  return standing.kind === 'member' && suffices(standing.roles, pool.supervisors);
}

function refuseOffered(state: CaseState): Failure | undefined {
  return state.work.kind === 'offer'
    ? failure('REQUEST_FORBIDDEN', 'the case is being handed over')
    : undefined;
}

/** Why somebody is nobody to the team, or undefined. */
export function refuseStranger(state: CaseState, by: string, now: number): Failure | undefined {
  const pools = Object.keys(state.manifest?.pools ?? {});
  const standings = pools.map((pool) => standingOf(state, { pool, by }, now));
  if (standings.some((one) => one.kind === 'member')) return undefined;
  if (standings.some((one) => one.kind === 'unknown'))
    return failure('DIRECTORY_PENDING', pools.join(', '), 'by');
  return failure(
    'PERSON_FORBIDDEN',
    `${JSON.stringify(by)} is of none of the pools ${pools.join(', ')}`,
    'by',
  );
}

/** People hand a case to agents of the team, and no one else. */
export function refuseAgent(state: CaseState, to: string | undefined): Failure | undefined {
  const agents = state.manifest?.agents ?? {};
  if (to === undefined || getOwn(agents, to)) return undefined;
  return failure('TARGET_UNKNOWN', `${JSON.stringify(to)}; agents: ${Object.keys(agents).join(', ')}`, 'to');
}
