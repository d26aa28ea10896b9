import type { HandoffRecord } from '../../contract/case.ts';
import { continuityMessage } from '../../contract/continuity.ts';
import { failure } from '../../contract/failures.ts';
import { FINISHED_RECORDS } from '../../contract/limits.ts';
import type { Acknowledgement } from '../../contract/message-shapes.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { envelopeDigest } from '../../contract/seal.ts';
import { outlineOf } from '../../contract/working-memory.ts';
import { kindsRedactedAnywhere } from '../../contract/redaction.ts';
import type { Draft } from '../draft.ts';
import {
  changeHandoff,
  countTurn,
  disclose,
  forget,
  handoffOf,
  moveHandoffTo,
  noteRefusal,
  nowText,
  parcelOf,
  sendMessage,
  writeRow,
} from '../draft.ts';
import type { Escalation } from '../events.ts';
import type { OwnerMemory, Parcel } from '../state.ts';
import { manifestOf, memoryOf, type CaseState } from '../state.ts';
import { dropAsks } from './asks.ts';
import { withCrossed } from './carry-memory.ts';
import { agentOf, composeEnvelope, composeTurn, planTurn } from './compose.ts';
import { skillInRow, skillOf } from './skills.ts';
import { consultForCase } from './consult.ts';
import { onArrivedAtPeople } from './hold.ts';
import { proposeToPeople } from './propose-handoff.ts';
import { readinessOf } from './readiness-input.ts';
import { beginRemote } from './remote.ts';
import { withoutMaskedResults, withoutMasksOfOwn } from './walls.ts';
import { sealOrAsk } from './seals.ts';

/** Offers a proposed handoff to its receiver; people accept at once, for a desk is durable. */
export function offerHandoff(draft: Draft, handoffId: string): void {
  const { state } = draft;
  const record = handoffOf(state, handoffId);
  const parcel = parcelOf(draft, handoffId);
  if (poolOfOwner(record.to) !== undefined) {
    acceptByPeople(draft, record, parcel);
    return;
  }
  const agent = agentOf(state, record.to);
  beginRemote(draft, agent);
  const envelope = composeEnvelope(state, {
    agent: record.to,
    step: record.step,
    name: 'handoff',
    memory: memoryWith(state, record.to, parcel),
    transfer: parcel.transfer,
  });
  const sealed = sealOrAsk(state, parcel, envelope);
  const readiness = readinessOf(state, record.to, record.key);
  const digest = envelopeDigest(envelope);
  const epoch = record.epoch + 1;
  moveHandoffTo(draft, handoffId, 'offered', { digest, epoch, offeredAt: nowText(draft) });
  countTurn(draft);
  const turnId = `t${String(state.turns)}`;
  const hop = `hop ${String(state.hops + 1)}`;
  const plan = planTurn(agent, `${record.from} -> ${record.to}, ${hop}: ${record.reasonCode}`);
  state.work = { kind: 'offer', handoffId, turnId, seen: state.messages };
  writeRow(draft, 'handoff-offered', {
    handoffId,
    key: record.key,
    verb: record.verb,
    from: record.from,
    to: record.to,
    reasonCode: record.reasonCode,
    explanation: record.explanation,
    ...(parcel.transfer.confidence === undefined ? {} : { confidence: parcel.transfer.confidence }),
    epoch,
    digest,
    declared: record.declared,
    dropped: record.dropped,
    ...sealed.inRow,
    ...(record.memory ? { memory: { ...record.memory } } : {}),
    ...(record.adapted ? { adapted: record.adapted } : {}),
    ...(record.masked ? { masked: record.masked } : {}),
    ...(record.originals ? { originals: { ...record.originals } } : {}),
    ...(record.context ? { context: { ...record.context } } : {}),
  });
  draft.steps.push({
    kind: 'handoff',
    turnId,
    plan,
    input: composeTurn(state, record.to, sealed.envelope, {
      handoffId,
      epoch,
      digest,
      ...(parcel.crossed ? { crossed: parcel.crossed } : {}),
      ...(parcel.crossed && parcel.memory ? { crossedMemory: outlineOf(parcel.memory) } : {}),
    }),
    ...(sealed.ask ? { seal: sealed.ask } : {}),
    ...(readiness ? { readiness } : {}),
  });
  draft.steps.push({
    kind: 'arm',
    id: offerTimer(handoffId),
    at: new Date(draft.now + parcel.offerMs).toISOString(),
    event: { kind: 'offer-expired', handoffId, epoch },
  });
}

/** Id of the timer of an open offer. */
export function offerTimer(handoffId: string): string {
  return `offer ${handoffId}`;
}

/**
 * The receiver's yes. The first one that matches the open offer commits; repeats are ignored, others refused: no
 * change of owner without it, and never two (I1).
 */
export function acknowledge(draft: Draft, acknowledgement: Acknowledgement): void {
  const { state } = draft;
  const record = state.handoffs.find((one) => one.id === acknowledgement.handoffId);
  const matches =
    record !== undefined &&
    acknowledgement.offerEpoch === record.epoch &&
    acknowledgement.digest === record.digest;
  if (matches && state.work.kind === 'offer' && state.work.handoffId === record.id) {
    noteArrival(draft, record, acknowledgement.arrived);
    commit(draft, record, state.work.turnId, state.work.seen);
    return;
  }
  if (matches && record.acceptedAt !== undefined) return;
  const late = failure(
    'OFFER_WITHDRAWN',
    `${acknowledgement.handoffId}, epoch ${String(acknowledgement.offerEpoch)}`,
  );
  noteRefusal(draft, 'signal accepted', late, {
    kind: 'acknowledgement-refused',
    content: { ...acknowledgement, failure: late },
  });
}

/** What the receiver read beside what the source sent: the completeness of the handoff (X6). */
function noteArrival(draft: Draft, record: HandoffRecord, arrived: string | undefined): void {
  if (!record.context || arrived === undefined) return;
  changeHandoff(draft, record.id, { context: { ...record.context, arrived } });
}

function commit(draft: Draft, record: HandoffRecord, turnId: string, seen: number): void {
  const { state } = draft;
  const parcel = parcelOf(draft, record.id);
  draft.steps.push({ kind: 'disarm', id: offerTimer(record.id) });
  changeOwner(draft, record, parcel);
  state.hops += record.verb === 'transfer' || record.verb === 'return' ? 1 : 0;
  state.work = { kind: 'turn', turnId, seen, ...skillInRow(skillOf(agentOf(state, record.to), [])) };
  state.turnsSinceAnswer += 1;
}

/** The one place where the owner changes: in a single state transition (T4, I1). */
function changeOwner(draft: Draft, record: HandoffRecord, parcel: Parcel): void {
  const { state } = draft;
  const { transfer } = parcel;
  dropAsks(draft);
  endPrevious(draft, record);
  moveHandoffTo(draft, record.id, 'accepted', { acceptedAt: nowText(draft) });
  const memory = memoryWith(state, record.to, parcel);
  state.memory = {
    ...state.memory,
    ...leaving(state, record.from),
    [record.to]: { ...memory, transfer },
  };
  state.owner = record.to;
  state.path = [...state.path, record.to].slice(-200);
  state.broughtBy = record.id;
  state.footprints = [
    ...state.footprints,
    { from: record.from, to: record.to, fingerprint: record.fingerprint, userMessages: state.userMessages },
  ].slice(-FINISHED_RECORDS);
  state.corrections = 0;
  state.repairs = 0;
  state.troubles = [];
  state.answers = [];
  forget(draft, 'parcel');
  forget(draft, 'claimedBy');
  forget(draft, 'assignedTo');
  forget(draft, 'clarification');
  writeRow(draft, 'handoff-accepted', {
    handoffId: record.id,
    key: record.key,
    from: record.from,
    to: record.to,
    epoch: record.epoch,
    ...arrivalOf(state, record.id),
  });
  sendMessage(draft, { kind: 'system' }, continuityMessage(record.to, state.speaks));
  disclose(draft, poolOfOwner(record.to) === undefined ? 'ai' : 'human');
}

/** What a receiver knows once the case is its own: what it knew before, and what crosses to it. */
function memoryWith(
  state: CaseState,
  to: string,
  { facts, memory: crossed }: Pick<Parcel, 'facts' | 'memory'>,
): OwnerMemory {
  const memory = memoryOf(state, to);
  const joined = withCrossed(memory, crossed && withoutMaskedResults(state, to, crossed));
  return { ...joined, facts: { ...memory.facts, ...withoutMasksOfOwn(state, to, facts) } };
}

/** Where the conversation stood when its owner gave the case away: what it saw until then, it may see again (X5). */
function leaving(state: CaseState, from: string): CaseState['memory'] {
  if (kindsRedactedAnywhere(manifestOf(state)).length === 0) return {};
  return { [from]: { ...memoryOf(state, from), leftAt: state.messages } };
}

function arrivalOf(state: CaseState, handoffId: string): { readonly arrived?: string } {
  const arrived = handoffOf(state, handoffId).context?.arrived;
  return arrived === undefined ? {} : { arrived };
}

function endPrevious(draft: Draft, record: HandoffRecord): void {
  const { state } = draft;
  if (state.broughtBy === undefined) return;
  const previous = handoffOf(state, state.broughtBy);
  if (previous.status !== 'accepted') return;
  const status = record.verb === 'return' || record.verb === 'give-back' ? 'returned' : 'completed';
  moveHandoffTo(draft, previous.id, status, { endedAt: nowText(draft) });
  writeRow(draft, `handoff-${status}`, { handoffId: previous.id });
}

function acceptByPeople(draft: Draft, record: HandoffRecord, parcel: Parcel): void {
  const { state } = draft;
  const source = memoryOf(state, record.from);
  changeOwner(draft, record, { ...parcel, facts: { ...source.facts, ...parcel.facts } });
  state.work = { kind: 'idle' };
  state.turnsSinceAnswer = 0;
  state.readUpTo = state.messages;
  state.notices = [];
  onArrivedAtPeople(draft);
  consultForCase(draft, poolOfOwner(record.to) ?? '');
}

/** Moves the case to people at once: guards, spent budgets, a user's wish. No edge is needed (I12). */
export function escalateToPeople(draft: Draft, escalation: Escalation): void {
  const { state } = draft;
  if (poolOfOwner(state.owner) !== undefined) {
    state.work = { kind: 'idle' };
    return;
  }
  proposeToPeople(draft, { ...escalation, pool: escalation.pool ?? manifestOf(state).escalation });
}
