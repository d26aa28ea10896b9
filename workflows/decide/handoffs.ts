import type { Crossing } from '../../contract/activities.ts';
import type { HandoffRecord } from '../../contract/case.ts';
import { continuityMessage } from '../../contract/continuity.ts';
import { digestOf } from '../../contract/digest.ts';
import type { Failure } from '../../contract/failures.ts';
import { failure, failureEntry } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { FINISHED_RECORDS } from '../../contract/limits.ts';
import type { Acknowledgement } from '../../contract/message-shapes.ts';
import { peopleOwner, poolOfOwner } from '../../contract/queues.ts';
import { selectFields } from '../../contract/selective-fields.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import type { Draft } from '../draft.ts';
import {
  changeHandoff,
  forget,
  handoffOf,
  moveHandoffTo,
  noteRefusal,
  nowText,
  sendMessage,
  writeRow,
} from '../draft.ts';
import type { Escalation, Handover } from '../events.ts';
import { judgeHandover, needsApproval } from '../guards.ts';
import type { Parcel } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { agentOf, composeEnvelope, composeTurn, planTurn } from './compose.ts';
import { proposeHandoff } from './propose-handoff.ts';
import { openReview } from './reviews.ts';

/** An agent's wish to hand the case on meets guards and policy; a refused one is an outcome (P10). */
export function proposeHandover(
  draft: Draft,
  handover: Handover,
  crossing: Crossing | undefined,
  confidence: number | undefined,
): void {
  const { state } = draft;
  noteProgress(draft, handover);
  const facts = crossing?.facts ?? {};
  const verdict = judgeHandover(state, handover, facts);
  const problem = verdict.kind === 'refused' ? verdict.failure : crossing?.failure;
  const edge = verdict.kind === 'allowed' ? verdict.edge : undefined;
  const target =
    verdict.kind === 'allowed' ? verdict.to : 'to' in handover ? (handover.to ?? 'people') : 'previous owner';
  const handoffId = proposeHandoff(draft, {
    verb: handover.kind,
    to: target,
    reasonCode: handover.reasonCode,
    explanation: handover.explanation,
    facts,
    declared: crossing?.declared ?? [],
    dropped: crossing?.dropped ?? [],
    particulars: {
      ...(handover.summary ? { summary: handover.summary } : {}),
      ...(confidence === undefined ? {} : { confidence }),
      ...(handover.flags ? { flags: handover.flags } : {}),
      ...(handover.sentiment === undefined ? {} : { sentiment: handover.sentiment }),
    },
    noReturn: edge?.noReturn ?? false,
    offerMs: edge?.offerMs ?? manifestOf(state).limits.offerMs,
    fallback: edge?.fallback ?? [],
  });
  if (problem) {
    refuseHandoff(draft, handoffId, problem);
    return;
  }
  if (needsApproval(edge?.approval, facts)) {
    hold(draft, handoffId, edge.approval, facts);
    return;
  }
  draft.next = { kind: 'offer', handoffId };
}

function noteProgress(draft: Draft, handover: Handover): void {
  const { task } = draft.state;
  const merge = (known: readonly string[], added: readonly string[]): string[] =>
    [...new Set([...known, ...added])].slice(-100);
  const completed = merge(task.completed, handover.completed);
  draft.state.task = {
    ...task,
    completed,
    remaining:
      handover.remaining.length > 0
        ? [...handover.remaining]
        : task.remaining.filter((item) => !completed.includes(item)),
    unable: merge(task.unable, handover.unable),
  };
}

function hold(
  draft: Draft,
  handoffId: string,
  approval: { readonly pool: string; readonly question: string; readonly expiresMs: number },
  facts: JsonObject,
): void {
  const { state } = draft;
  const record = moveHandoffTo(draft, handoffId, 'held');
  const reviewId = openReview(draft, {
    kind: 'handoff',
    pool: approval.pool,
    question: approval.question,
    subject: {
      handoffId,
      from: record.from,
      to: record.to,
      reasonCode: record.reasonCode,
      explanation: record.explanation,
      facts,
    },
    requestedBy: record.from,
    expiresMs: approval.expiresMs,
  });
  writeRow(draft, 'handoff-held', { handoffId, reviewId });
  state.work = { kind: 'held', handoffId, reviewId };
}

/** A guard, an edge or a person said no: the agent gets a turn to correct itself, then people take the case. */
export function refuseHandoff(draft: Draft, handoffId: string, problem: Failure): void {
  const { state } = draft;
  const record = moveHandoffTo(draft, handoffId, 'refused', { endedAt: nowText(draft), failure: problem });
  writeRow(draft, 'handoff-refused', {
    handoffId,
    from: record.from,
    to: record.to,
    reasonCode: record.reasonCode,
    failure: problem,
  });
  forget(draft, 'parcel');
  const correctable = failureEntry(problem.code).next !== 'person';
  if (correctable && state.corrections < manifestOf(state).limits.corrections) {
    state.corrections += 1;
    state.notices = [...state.notices, { kind: 'handoff-refused', to: record.to, failure: problem }];
    draft.next = { kind: 'take-turn' };
    return;
  }
  draft.next = { kind: 'escalate', escalation: { reasonCode: problem.code, explanation: problem.message } };
}

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
  const memory = memoryOf(state, record.to);
  const envelope = composeEnvelope(state, {
    agent: record.to,
    step: record.step,
    name: 'handoff',
    facts: { ...memory.facts, ...parcel.facts },
    recordsRead: memory.recordsRead,
    transfer: parcel.transfer,
  });
  const digest = digestOf(envelope);
  const epoch = record.epoch + 1;
  moveHandoffTo(draft, handoffId, 'offered', { digest, epoch, offeredAt: nowText(draft) });
  state.turns += 1;
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
  });
  draft.steps.push({
    kind: 'handoff',
    turnId,
    plan,
    input: composeTurn(state, record.to, envelope, { handoffId, epoch, digest }),
  });
  draft.steps.push({
    kind: 'arm',
    id: offerTimer(handoffId),
    at: new Date(draft.now + parcel.offerMs).toISOString(),
    event: { kind: 'offer-expired', handoffId, epoch },
  });
}

function offerTimer(handoffId: string): string {
  return `offer ${handoffId}`;
}

function parcelOf(draft: Draft, handoffId: string): Parcel {
  const { parcel } = draft.state;
  if (parcel?.handoffId !== handoffId) throw new RangeError(`nothing is packed for handoff ${handoffId}`);
  return parcel;
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
    commit(draft, record, state.work.turnId, state.work.seen);
    return;
  }
  if (matches && record.acceptedAt !== undefined) return;
  const late = failure(
    'OFFER_WITHDRAWN',
    `${acknowledgement.handoffId}, epoch ${String(acknowledgement.offerEpoch)}`,
  );
  writeRow(draft, 'acknowledgement-refused', { ...acknowledgement, failure: late });
  noteRefusal(draft, 'signal accepted', late);
}

function commit(draft: Draft, record: HandoffRecord, turnId: string, seen: number): void {
  const { state } = draft;
  const parcel = parcelOf(draft, record.id);
  draft.steps.push({ kind: 'disarm', id: offerTimer(record.id) });
  changeOwner(draft, record, parcel.facts);
  state.hops += record.verb === 'transfer' || record.verb === 'return' ? 1 : 0;
  state.work = { kind: 'turn', turnId, seen };
  state.turnsSinceAnswer += 1;
}

/** The one place where the owner changes: in a single state transition (T4, I1). */
function changeOwner(draft: Draft, record: HandoffRecord, facts: JsonObject): void {
  const { state } = draft;
  const { transfer } = parcelOf(draft, record.id);
  endPrevious(draft, record);
  moveHandoffTo(draft, record.id, 'accepted', { acceptedAt: nowText(draft) });
  const memory = memoryOf(state, record.to);
  state.memory = {
    ...state.memory,
    [record.to]: { ...memory, facts: { ...memory.facts, ...facts }, transfer },
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
  writeRow(draft, 'handoff-accepted', {
    handoffId: record.id,
    key: record.key,
    from: record.from,
    to: record.to,
    epoch: record.epoch,
  });
  sendMessage(draft, { kind: 'system' }, continuityMessage(record.to, state.user?.locale ?? state.locale));
}

function endPrevious(draft: Draft, record: HandoffRecord): void {
  const { state } = draft;
  if (state.broughtBy === undefined) return;
  const previous = handoffOf(state, state.broughtBy);
  if (previous.status !== 'accepted') return;
  const back = record.verb === 'return' || record.verb === 'give-back';
  moveHandoffTo(draft, previous.id, back ? 'returned' : 'completed', { endedAt: nowText(draft) });
}

function acceptByPeople(draft: Draft, record: HandoffRecord, parcel: Parcel): void {
  const { state } = draft;
  const source = memoryOf(state, record.from);
  changeOwner(draft, record, { ...source.facts, ...parcel.facts });
  state.work = { kind: 'idle' };
  state.turnsSinceAnswer = 0;
  state.notices = [];
  forget(draft, 'humanAsked');
}

/** Moves the case to people at once: guards, spent budgets, a user's wish. No edge is needed (I12). */
export function escalateToPeople(draft: Draft, escalation: Escalation): void {
  const { state } = draft;
  if (poolOfOwner(state.owner) !== undefined) {
    state.work = { kind: 'idle' };
    return;
  }
  const pool = escalation.pool ?? manifestOf(state).escalation;
  const handoffId = proposeHandoff(draft, {
    verb: 'escalate',
    to: peopleOwner(pool),
    reasonCode: escalation.reasonCode,
    explanation: escalation.explanation,
    facts: escalation.facts ?? {},
    declared: Object.keys({ ...memoryOf(state, state.owner).facts, ...escalation.facts }),
    dropped: [],
    particulars: {},
    noReturn: false,
    offerMs: manifestOf(state).limits.offerMs,
    fallback: [],
  });
  draft.next = { kind: 'offer', handoffId };
}

/** Takes an open offer back, so that a late acknowledgement finds it withdrawn. */
export function withdrawHandoff(draft: Draft): void {
  const { state } = draft;
  const { work, parcel } = state;
  if (work.kind === 'offer') {
    draft.steps.push({ kind: 'stop', id: work.turnId }, { kind: 'disarm', id: offerTimer(work.handoffId) });
  }
  if (parcel) {
    const record = handoffOf(state, parcel.handoffId);
    moveHandoffTo(draft, record.id, 'withdrawn', { epoch: record.epoch + 1, endedAt: nowText(draft) });
    writeRow(draft, 'handoff-withdrawn', { handoffId: record.id });
  }
  forget(draft, 'parcel');
}

/**
 * The receiver did not take the case: it declined, its time is up, or its worker failed. A stand-in is offered the
 * case, else it stays with its source, which is told; automated fallbacks are counted, and then a person sees a
 * dead letter (T7).
 */
export function notTaken(draft: Draft, status: 'declined' | 'expired', problem: Failure): void {
  const { state } = draft;
  if (state.work.kind !== 'offer') return;
  const { handoffId, turnId } = state.work;
  const parcel = parcelOf(draft, handoffId);
  draft.steps.push({ kind: 'disarm', id: offerTimer(handoffId) });
  if (status === 'expired') draft.steps.push({ kind: 'stop', id: turnId });
  const record = moveHandoffTo(draft, handoffId, status, { endedAt: nowText(draft), failure: problem });
  // A higher epoch shuts the door on an acknowledgement that is still under way.
  changeHandoff(draft, handoffId, { epoch: record.epoch + 1 });
  writeRow(draft, status === 'declined' ? 'handoff-declined' : 'handoff-expired', {
    handoffId,
    from: record.from,
    to: record.to,
    failure: problem,
  });
  state.troubles = [...state.troubles, { at: nowText(draft), failure: problem }].slice(-20);
  if (poolOfOwner(state.owner) !== undefined) {
    forget(draft, 'parcel');
    state.work = { kind: 'idle' };
    noteRefusal(draft, `handoff ${handoffId}`, problem);
    return;
  }
  const fallbacksLeft = state.fallbacks < manifestOf(state).limits.fallbacks;
  if (fallbacksLeft && offerToStandIn(draft, record, parcel)) return;
  // A failed fallback does not go back to the agent that failed: that would be no fallback.
  if (fallbacksLeft && record.reasonCode !== 'receiver-failed') {
    state.fallbacks += 1;
    forget(draft, 'parcel');
    state.notices = [...state.notices, { kind: 'handoff-failed', to: record.to, failure: problem }];
    draft.next = { kind: 'take-turn' };
    return;
  }
  moveHandoffTo(draft, handoffId, 'dead-lettered');
  writeRow(draft, 'handoff-dead-lettered', { handoffId });
  draft.next = {
    kind: 'park',
    letter: {
      kind: 'handoff',
      subject: handoffId,
      agent: record.to,
      failure: problem,
      payload: { facts: parcel.facts, transfer: jsonOf(parcel.transfer) },
    },
  };
}

function offerToStandIn(draft: Draft, record: HandoffRecord, parcel: Parcel): boolean {
  const { state } = draft;
  const facts = { ...memoryOf(state, record.from).facts, ...parcel.facts };
  for (const [index, name] of parcel.fallback.entries()) {
    const cut = selectFields(agentOf(state, name).accepts, facts);
    if (cut.missing.length > 0) continue;
    state.fallbacks += 1;
    const { summary, confidence, flags, sentiment } = parcel.transfer;
    const handoffId = proposeHandoff(draft, {
      verb: 'transfer',
      to: name,
      reasonCode: record.reasonCode,
      explanation: `${record.explanation} (stands in for ${record.to})`.slice(0, 2_000),
      facts: cut.facts,
      declared: cut.declared,
      dropped: cut.dropped,
      particulars: {
        ...(summary ? { summary } : {}),
        ...(confidence === undefined ? {} : { confidence }),
        ...(sentiment === undefined ? {} : { sentiment }),
        flags: [...(flags ?? []), 'fallback'].slice(-50),
      },
      noReturn: parcel.noReturn,
      offerMs: parcel.offerMs,
      fallback: parcel.fallback.slice(index + 1),
    });
    draft.next = { kind: 'offer', handoffId };
    return true;
  }
  return false;
}
