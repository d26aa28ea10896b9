import { crossFacts } from '../../contract/adapters.ts';
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
  moveHandoffTo,
  noteRefusal,
  nowText,
  parcelOf,
  withdraw,
  writeRow,
} from '../draft.ts';
import { needsApproval } from '../guards.ts';
import type { Parcel } from '../state.ts';
import { manifestOf, memoryOf } from '../state.ts';
import { agentOf } from './compose.ts';
import { offerTimer } from './offers.ts';
import { proposeHandoff } from './propose-handoff.ts';

/** Takes an open offer back, so that a late acknowledgement finds it withdrawn. */
export function withdrawHandoff(draft: Draft): void {
  const { state } = draft;
  const { work, parcel } = state;
  if (work.kind === 'offer') {
    draft.steps.push({ kind: 'stop', id: work.turnId }, { kind: 'disarm', id: offerTimer(work.handoffId) });
  }
  if (parcel) withdraw(draft, parcel.handoffId);
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
    const edge = edgeBetween(manifestOf(state), record.from, name);
    const prepared = parcel.standIns ? getOwn(parcel.standIns, name) : undefined;
    const cut = prepared
      ? { adapted: [], ...prepared, missing: [], failure: undefined }
      : crossFacts(agentOf(state, name).accepts, edge?.adapt ?? [], facts);
    // What must be masked and was not prepared by the source stays with it (X5).
    if (!prepared && (parcel.standIns || edge?.redact)) continue;
    // A fallback is automatic: it never goes around a person's yes (I8).
    if (!edge || cut.missing.length > 0 || cut.failure || needsApproval(edge.approval, cut.facts)) continue;
    state.fallbacks += 1;
    const { summary, confidence, flags, sentiment } = parcel.transfer;
    const handoffId = proposeHandoff(draft, {
      verb: 'transfer',
      to: name,
      reasonCode: record.reasonCode,
      explanation: cutText(`${record.explanation} (stands in for ${record.to})`, 2_000),
      facts: cut.facts,
      declared: cut.declared,
      dropped: cut.dropped,
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
    return true;
  }
  return false;
}
