import type { StandInCrossing } from '../../contract/activities.ts';
import { crossFacts, type Crossed } from '../../contract/adapters.ts';
import { notReadyMessage } from '../../contract/continuity.ts';
import type { HandoffRecord } from '../../contract/case.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import type { Failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { cutText } from '../../contract/text.ts';
import { edgeBetween } from '../../contract/edges.ts';
import type { Draft } from '../draft.ts';
import {
  changeHandoff,
  forget,
  handoffOf,
  moveHandoffTo,
  noteRefusal,
  nowText,
  parcelOf,
  sendMessage,
  withdraw,
  writeRow,
} from '../draft.ts';
import { needsApproval } from '../guards.ts';
import type { EdgeManifest } from '../../contract/team.ts';
import type { CaseState, Parcel } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { reportFailure } from './agent-failures.ts';
import { carryMemory } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { offerTimer } from './offers.ts';
import { proposeHandoff } from './propose-handoff.ts';
import { stopOffered } from './stopped.ts';
import { doubtOffered } from './remote.ts';

/** Takes an open offer back, so that a late acknowledgement finds it withdrawn. */
export function withdrawHandoff(draft: Draft): void {
  const { state } = draft;
  const { work, parcel } = state;
  if (work.kind === 'offer') {
    const { handoffId, turnId } = work;
    stopOffered(draft, { turnId, handoffId, agent: handoffOf(state, handoffId).to });
    draft.steps.push({ kind: 'disarm', id: offerTimer(handoffId) });
  }
  if (parcel) withdraw(draft, parcel.handoffId);
}

/** The activity of an offer failed for good. */
export function offerFailed(draft: Draft, handoffId: string, problem: Failure): void {
  doubtOffered(draft, handoffId, problem);
  notTaken(draft, 'expired', problem);
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
  if (status === 'expired') stopOffered(draft, { turnId, handoffId, agent: handoffOf(state, handoffId).to });
  const record = moveHandoffTo(draft, handoffId, status, { endedAt: nowText(draft), failure: problem });
  // A higher epoch shuts the door on an acknowledgement that is still under way.
  changeHandoff(draft, handoffId, { epoch: record.epoch + 1 });
  writeRow(draft, status === 'declined' ? 'handoff-declined' : 'handoff-expired', {
    handoffId,
    from: record.from,
    to: record.to,
    failure: problem,
  });
  if (status === 'expired') reportFailure(draft, record.to, problem, { turnId, handoffId });
  state.troubles = [...state.troubles, { at: nowText(draft), failure: problem }].slice(-20);
  if (poolOfOwner(state.owner) !== undefined) {
    forget(draft, 'parcel');
    state.work = { kind: 'idle' };
    noteRefusal(draft, `handoff ${handoffId}`, problem);
    return;
  }
  const fallbacksLeft = state.fallbacks < manifestOf(state).limits.fallbacks;
  const standIn = fallbacksLeft ? standInOf(state, record, parcel) : undefined;
  if (standIn) {
    // Somebody else than was announced will speak: the user hears why (P11).
    if (problem.code === 'AGENT_NOT_READY')
      sendMessage(draft, { kind: 'system' }, notReadyMessage(record.to, state.speaks));
    offerToStandIn(draft, record, parcel, standIn);
    return;
  }
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

/** Somebody who may be offered the case in place of its receiver, with what crosses to them. */
interface StandIn {
  readonly index: number;
  readonly name: string;
  readonly edge: EdgeManifest;
  readonly cut: Pick<Crossed, 'facts' | 'declared' | 'dropped' | 'adapted'>;
  readonly prepared: StandInCrossing | undefined;
}

/** Whether the case could be offered to a stand-in if this receiver did not take it. */
export function canStandIn(state: CaseState, record: HandoffRecord, parcel: Parcel): boolean {
  return (
    poolOfOwner(state.owner) === undefined &&
    state.fallbacks < manifestOf(state).limits.fallbacks &&
    standInOf(state, record, parcel) !== undefined
  );
}

function standInOf(state: CaseState, record: HandoffRecord, parcel: Parcel): StandIn | undefined {
  const facts = { ...memoryOf(state, record.from).facts, ...parcel.facts };
  for (const [index, name] of parcel.fallback.entries()) {
    const edge = edgeBetween(manifestOf(state), record.from, name);
    const prepared = parcel.standIns ? getOwn(parcel.standIns, name) : undefined;
    const cut = prepared
      ? { adapted: [], ...prepared, missing: [], failure: undefined }
      : crossFacts(agentOf(state, name).accepts, edge?.adapt ?? [], facts);
    // What must be masked and was not prepared by the source stays with it (X5).
    if (!prepared && (parcel.standIns || edge?.redact)) continue;
    // A fallback is automatic: it never goes around a person's yes (I8).
    const { needs = {} } = agentOf(state, name);
    const missing = cut.missing.filter((fact) => !Object.hasOwn(needs, fact));
    if (!edge || missing.length > 0 || cut.failure || needsApproval(edge.approval, cut.facts)) continue;
    return { index, name, edge, cut, prepared };
  }
  return undefined;
}

function offerToStandIn(
  draft: Draft,
  record: HandoffRecord,
  parcel: Parcel,
  { index, name, edge, cut, prepared }: StandIn,
): void {
  draft.state.fallbacks += 1;
  const { summary, confidence, flags, sentiment } = parcel.transfer;
  const handoffId = proposeHandoff(draft, {
    verb: 'transfer',
    to: name,
    reasonCode: record.reasonCode,
    explanation: cutText(`${record.explanation} (stands in for ${record.to})`, 2_000),
    facts: cut.facts,
    declared: cut.declared,
    dropped: cut.dropped,
    memory: prepared ? prepared.memory : carryMemory(draft.state, name, 'transfer'),
    adapted: cut.adapted,
    masked: prepared?.masked,
    originals: prepared?.originals,
    standIns: parcel.standIns,
    particulars: {
      ...(summary ? { summary } : {}),
      ...(confidence === undefined ? {} : { confidence }),
      ...(sentiment === undefined ? {} : { sentiment }),
      flags: [...(flags ?? []), 'fallback'].slice(-50),
    },
    noReturn: edge.noReturn,
    offerMs: edge.offerMs,
    fallback: parcel.fallback.slice(index + 1),
  });
  draft.next = { kind: 'offer', handoffId };
}
