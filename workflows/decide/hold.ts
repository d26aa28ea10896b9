import { failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { FINISHED_RECORDS } from '../../contract/limits.ts';
import { peopleOwner, poolOfOwner } from '../../contract/queues.ts';
import type { Reassign, Release, TakeOver, Whisper } from '../../contract/staff-shapes.ts';
import type { PoolManifest } from '../../contract/team.ts';
import type { Draft } from '../draft.ts';
import { forget, noteRefusal, nowText, writeRow } from '../draft.ts';
import type { DoorEvent } from '../events.ts';
import { refusePerson } from '../refuse-staff.ts';
import { takerPool } from '../standing.ts';
import { manifestOf, type CaseState } from '../state.ts';
import { poolToAsk } from '../takers.ts';
import { consult } from './consult.ts';
import { bringToPeople, wantedEscalation } from './interrupt.ts';
import { proposeToPeople } from './propose-handoff.ts';
import { noteRequester } from './requesters.ts';
import { withdrawHandoff } from './withdrawals.ts';

/** Id of the one timer of a lease. */
const TIMER = 'lease';

/**
 * Somebody is about to take the case, and may have left since the directory was asked: it is asked again. A claim is
 * kept and settled by the answer; anything else is refused, to be said again.
 */
export function askBeforeTaken(draft: Draft, event: DoorEvent, pool: string): void {
  draft.state.claiming = { pool, ...(event.kind === 'claimed' ? { by: event.message.by } : {}) };
  consult(draft, pool, { kind: 'claim' });
  if (event.kind !== 'claimed')
    noteRefusal(draft, event.kind, failure('DIRECTORY_PENDING', `pool ${pool}`, 'by'));
}

/** The directory has answered, or never will: whoever has claimed the case holds it now, if they still may. */
export function settleClaim(draft: Draft, pool: string): void {
  const { state } = draft;
  const { claiming } = state;
  if (claiming?.pool !== pool) return;
  forget(draft, 'claiming');
  if (claiming.by === undefined) return;
  const event = { kind: 'claimed', message: { by: claiming.by } } as const;
  const stale = poolToAsk(state, event, draft.now);
  const refused =
    refusePerson(state, claiming.by, draft.now) ??
    (stale === undefined ? undefined : failure('DIRECTORY_PENDING', `pool ${stale}`, 'by'));
  if (refused) noteRefusal(draft, 'claimed', refused);
  else hold(draft, claiming.by);
}

/** Puts a case into somebody's hands. Whoever had it and let their lease run out is told to have let go. */
export function hold(draft: Draft, by: string): void {
  const { state } = draft;
  if (state.claimedBy === by) return;
  if (state.claimedBy !== undefined) letGo(draft, 'lease-expired');
  state.claimedBy = by;
  if (poolOfCase(state)?.staffing) state.lastPerson = by;
  forget(draft, 'assignedTo');
  state.readUpTo = state.messages;
  writeRow(draft, 'person-claimed', { by });
}

/** Takes a case out of its holder's hands: it is the pool's again. */
function letGo(draft: Draft, because: string, note?: string): void {
  const { claimedBy: by = '' } = draft.state;
  writeRow(draft, 'person-released', { by, because, ...(note === undefined ? {} : { note }) });
  forget(draft, 'claimedBy');
}

/** Whoever holds the case lets go of it. */
export function onReleased(draft: Draft, { by, note }: Release): void {
  const repeated = draft.state.claimedBy === undefined;
  if (!repeated) letGo(draft, 'released', note);
  draft.receipt = { accepted: true, repeated, detail: `${by} does not hold the case` };
}

/** A case is put into somebody else's hands. */
export function onReassigned(draft: Draft, { by, to, reason }: Reassign): void {
  const { state } = draft;
  const repeated = state.claimedBy === to;
  if (!repeated) {
    const from = state.claimedBy;
    writeRow(draft, 'person-reassigned', { by, ...(from === undefined ? {} : { from }), to, reason });
    forget(draft, 'claimedBy');
    hold(draft, to);
  }
  draft.receipt = { accepted: true, repeated, detail: `${to} holds the case` };
}

/** A person takes a case, whoever has it (U14). */
export function onTakenOver(draft: Draft, request: TakeOver): void {
  const { state } = draft;
  const { by, reason } = request;
  const pool = takerPool(state, request, draft.now);
  if (pool === undefined) return;
  const repeated = state.claimedBy === by;
  draft.receipt = { accepted: true, repeated, detail: `${by} has the case, or is about to` };
  if (repeated) return;
  writeRow(draft, 'person-took-over', { by, pool, from: state.claimedBy ?? state.owner, reason });
  const owners = poolOfOwner(state.owner);
  if (owners === undefined) {
    state.humanAsked = { by, reason, reasonCode: 'taken-over', pool, claims: by };
    bringToPeople(draft, wantedEscalation(state.humanAsked));
    return;
  }
  // People were about to give the case back: it stays with people.
  if (state.work.kind === 'offer') {
    withdrawHandoff(draft);
    state.work = { kind: 'idle' };
  }
  forget(draft, 'claimedBy');
  if (owners === pool) {
    hold(draft, by);
    return;
  }
  state.humanAsked = { by, reason, reasonCode: 'taken-over', pool, claims: by };
  proposeToPeople(draft, { pool, reasonCode: 'taken-over', explanation: reason });
}

/** A person has come into the hands of whom they asked for, or who asked for them. */
export function onArrivedAtPeople(draft: Draft): void {
  const { humanAsked } = draft.state;
  forget(draft, 'humanAsked');
  if (humanAsked?.claims !== undefined && draft.state.owner === peopleOwner(humanAsked.pool ?? ''))
    hold(draft, humanAsked.claims);
}

/** A word to whoever works on the case: an agent hears it with its next turn. */
export function onWhispered(draft: Draft, { by, note }: Whisper): void {
  const { state } = draft;
  const at = nowText(draft);
  noteRequester(draft, by);
  state.whispers = [...(state.whispers ?? []), { by, note, at }].slice(-FINISHED_RECORDS);
  if (poolOfOwner(state.owner) === undefined)
    state.notices = [...state.notices, { kind: 'whisper', by, note }];
  writeRow(draft, 'person-whispered', { by, note });
  draft.receipt = { accepted: true, repeated: false, detail: 'whoever works on the case hears it' };
}

/** Whoever holds a case holds it for a while; whatever they do renews that. */
export function followLease(draft: Draft, event: { readonly by?: string; readonly again: boolean }): void {
  const { state } = draft;
  const leaseMs = poolOfCase(state)?.leaseMs;
  const { claimedBy } = state;
  if (claimedBy === undefined || leaseMs === undefined || state.ending !== undefined) {
    if (!state.lease) return;
    forget(draft, 'lease');
    draft.steps.push({ kind: 'disarm', id: TIMER });
    return;
  }
  const known = state.lease?.by === claimedBy ? state.lease : undefined;
  if (known && event.by !== claimedBy) {
    if (event.again) arm(draft, known.until);
    return;
  }
  const until = new Date(draft.now + leaseMs).toISOString();
  state.lease = { by: claimedBy, until };
  arm(draft, until);
}

function arm(draft: Draft, at: string): void {
  draft.steps.push({ kind: 'arm', id: TIMER, at, event: { kind: 'lease-due' } });
}

/** Nobody has heard of the holder for the time of the lease: the case is the pool's again. */
export function onLeaseDue(draft: Draft): void {
  const { lease, work } = draft.state;
  if (!lease || draft.now < Date.parse(lease.until)) return;
  // A holder who has just given the case back is not gone.
  if (work.kind === 'idle') letGo(draft, 'lease-expired');
  else forget(draft, 'lease');
}

function poolOfCase(state: CaseState): PoolManifest | undefined {
  return state.manifest ? getOwn(manifestOf(state).pools, poolOfOwner(state.owner) ?? '') : undefined;
}
