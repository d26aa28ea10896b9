import type { CallAnswer, CallInput, CallOutput } from '../../contract/activities.ts';
import type { EffectRecord } from '../../contract/case.ts';
import type { Failure } from '../../contract/failures.ts';
import { failure } from '../../contract/failures.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import { stepKey } from '../../contract/keys.ts';
import { digestOf } from '../../contract/digest.ts';
import { inboxOf, isAwaitingRelease, type Review } from '../../contract/review.ts';
import type { Call } from '../../contract/turn.ts';
import { actingAgent } from '../asks.ts';
import { askedForIn } from '../branches.ts';
import type { Draft } from '../draft.ts';
import { changeEffect, effectOf, writeRow } from '../draft.ts';
import type { Step, Trouble } from '../events.ts';
import { allowedIn, needsApproval, refuseCall } from '../guards.ts';
import type { PendingCall } from '../state.ts';
import { agentOf, composeContext, planCall, planUndo } from './compose.ts';
import { wantedEscalation } from './interrupt.ts';
import { excludedFrom } from './requesters.ts';
import { openReview } from './reviews.ts';

/** An agent asked for tools: what guards refuse is answered at once, the rest waits its turn. */
export function startCalls(draft: Draft, calls: readonly Call[]): void {
  const { state } = draft;
  const agent = actingAgent(state);
  const pending = calls.map((call): PendingCall => {
    const tool = Object.hasOwn(agent.tools, call.tool) ? agent.tools[call.tool] : undefined;
    const common = {
      id: call.id,
      tool: call.tool,
      arguments: call.arguments,
      effect: tool?.effect ?? 'read',
    } as const;
    const problem = refuseCall(agent, call, state);
    return problem
      ? { ...common, status: 'answered', answer: refusal(call, problem) }
      : { ...common, status: 'waiting' };
  });
  state.work = { kind: 'calls', calls: pending };
  draft.next = { kind: 'advance-calls' };
}

function refusal(call: { readonly id: string; readonly tool: string }, problem: Failure): CallAnswer {
  return { id: call.id, tool: call.tool, answer: { kind: 'refused', failure: problem } };
}

/**
 * Starts what may start: look-ups as soon as nothing before them waits for a write, writes one at a time in the
 * order asked. A request to end the case, or for a human, starts nothing more.
 */
export function advanceCalls(draft: Draft): void {
  const { state } = draft;
  if (state.work.kind !== 'calls') return;
  settleHeld(draft);
  const interrupted = Boolean(state.ending ?? state.humanAsked ?? draft.within?.halting);
  for (const call of callsOf(draft)) {
    if (call.status === 'answered') continue;
    if (interrupted) break;
    if (call.effect === 'write') {
      const earlier = callsOf(draft).slice(0, callsOf(draft).indexOf(call));
      const mayWrite = draft.within?.writing !== true && earlier.every((one) => one.status === 'answered');
      if (call.status === 'waiting' && mayWrite) startCall(draft, call);
      break;
    }
    if (call.status === 'waiting') startCall(draft, call);
  }
  const calls = callsOf(draft);
  if (calls.some((call) => call.status === 'running' || call.status === 'undoing')) return;
  if (draft.within && interrupted) {
    state.work = { kind: 'idle' };
    return;
  }
  if (state.ending !== undefined) {
    draft.next = { kind: 'unwind', ending: state.ending };
    return;
  }
  if (state.humanAsked !== undefined || calls.every((call) => call.status === 'answered')) {
    state.answers = calls.map(
      (call) =>
        call.answer ??
        refusal(call, failure('REQUEST_FORBIDDEN', 'a human was asked for before this call began')),
    );
    draft.next =
      state.humanAsked === undefined
        ? { kind: 'take-turn' }
        : { kind: 'escalate', escalation: wantedEscalation(state.humanAsked) };
  }
}

function callsOf(draft: Draft): readonly PendingCall[] {
  return draft.state.work.kind === 'calls' ? draft.state.work.calls : [];
}

/** Replaces a call of the turn at hand. */
export function changeCall(draft: Draft, id: string, change: Partial<PendingCall>): void {
  draft.state.work = {
    kind: 'calls',
    calls: callsOf(draft).map((call) => (call.id === id ? { ...call, ...change } : call)),
  };
}

/** Calls whose review has come to an end go on, or are refused. */
function settleHeld(draft: Draft): void {
  for (const call of callsOf(draft)) {
    if (call.status !== 'held') continue;
    const review = draft.state.reviews.find((one) => one.id === call.reviewId);
    if (!review || review.status === 'open' || isAwaitingRelease(review)) continue;
    if (review.status === 'approved') changeCall(draft, call.id, { status: 'waiting' });
    else changeCall(draft, call.id, { status: 'answered', answer: refusal(call, refusalOf(review)) });
  }
}

function refusalOf(review: Review): Failure {
  switch (review.status) {
    case 'rejected':
      return failure(
        'EFFECT_REFUSED',
        `${review.decision?.by ?? 'somebody'} of ${review.pool} rejected it: ${review.decision?.reason ?? ''}`,
      );
    case 'expired':
      return failure('REVIEW_EXPIRED', `nobody of ${inboxOf(review)} decided by ${review.expiresAt}`);
    case 'withdrawn':
    case 'open':
    case 'approved':
      return failure('REQUEST_FORBIDDEN', 'the review was withdrawn');
  }
}

function startCall(draft: Draft, call: PendingCall): void {
  const { state } = draft;
  const agent = actingAgent(state);
  const tool = getOwn(agent.tools, call.tool);
  const approval = tool?.approval;
  if (call.reviewId === undefined && needsApproval(approval, call.arguments)) {
    if (tool?.preview && !call.preview) {
      beginPreview(draft, agent.name, call);
      return;
    }
    const reviewId = openReview(draft, {
      kind: 'tool-call',
      pool: approval.pool,
      question: approval.question,
      subject: { agent: agent.name, tool: call.tool, arguments: call.arguments, ...recordIn(call) },
      requestedBy: agent.name,
      expiresMs: approval.expiresMs,
      approvers: approval.approvers,
      roles: approval.roles,
      proof: approval.proof,
      waiting: approval.waiting,
      atExpiry: approval.atExpiry,
      undoMs: approval.undoMs,
      excluded: excludedFrom(draft, approval),
    });
    changeCall(draft, call.id, { status: 'held', reviewId });
    return;
  }
  state.steps += 1;
  const key = stepKey(state.trace, state.steps, call.tool);
  changeCall(draft, call.id, { status: 'running', key });
  if (call.effect === 'read') {
    draft.steps.push(
      activityOf(draft, 'look', {
        agent: agent.name,
        tool: call.tool,
        callId: call.id,
        key,
        epoch: 1,
        arguments: call.arguments,
      }),
    );
    return;
  }
  // I5: the undo is on record before the effect is tried.
  const reversible = agent.tools[call.tool]?.reversible ?? false;
  const effect: EffectRecord = {
    key,
    step: state.steps,
    agent: agent.name,
    tool: call.tool,
    status: 'scheduled',
    undo: reversible ? 'by-key' : 'irreversible',
    callId: call.id,
    arguments: call.arguments,
    reversible,
    onFailure: agent.tools[call.tool]?.onFailure ?? 'unwind',
    ...askedForIn(draft),
    epoch: 1,
  };
  state.effects = [...state.effects, effect];
  writeRow(draft, 'effect-scheduled', {
    key,
    step: effect.step,
    agent: agent.name,
    tool: call.tool,
    argumentsDigest: digestOf(call.arguments),
    undo: effect.undo,
    ...(call.reviewId === undefined ? {} : { reviewId: call.reviewId }),
  });
  draft.steps.push(activityOf(draft, 'effect', effect));
}

/** Whoever must say yes sees the record that would change (U1). It is read as soon as the question comes up. */
function beginPreview(draft: Draft, agent: string, call: PendingCall): void {
  const { state } = draft;
  state.steps += 1;
  const key = stepKey(state.trace, state.steps, `preview ${call.tool}`);
  changeCall(draft, call.id, { status: 'running', key, previewing: true });
  const { id: callId, tool, arguments: given } = call;
  draft.steps.push(activityOf(draft, 'preview', { agent, tool, callId, key, epoch: 1, arguments: given }));
}

/** What was read, or that it could not be: the review is opened all the same. */
function endPreview(draft: Draft, call: PendingCall, preview: NonNullable<PendingCall['preview']>): void {
  const { key, previewing, ...rest } = call;
  if (key === undefined || !previewing) return;
  draft.state.work = {
    kind: 'calls',
    calls: callsOf(draft).map((one) => (one.id === call.id ? { ...rest, status: 'waiting', preview } : one)),
  };
  draft.next = { kind: 'advance-calls' };
}

function recordIn({ preview }: PendingCall): JsonObject {
  if (!preview) return {};
  return 'record' in preview ? { record: preview.record } : { recordUnread: preview.failure.code };
}

/** The activity that reads for, tries or undoes a call. */
export function activityOf(
  draft: Draft,
  kind: 'look' | 'preview' | 'effect' | 'undo',
  call: Pick<CallInput, 'agent' | 'tool' | 'callId' | 'key' | 'epoch' | 'arguments'> &
    Pick<EffectRecord, 'origin'>,
): Step {
  const { agent, tool, callId, key, epoch, origin } = call;
  const what = kind === 'preview' ? `${tool}, what it would change` : tool;
  const summary = kind === 'undo' ? `undo ${tool} of ${agent}` : `${agent}: ${what}`;
  return {
    kind,
    plan: (kind === 'undo' ? planUndo : planCall)(agentOf(draft.state, agent), tool, summary),
    input: {
      ...composeContext(draft.state),
      // Tools find their stores by the case that wrote.
      ...origin,
      ...{ agent, tool, callId, key, epoch, arguments: call.arguments },
      ...(kind === 'undo' ? {} : allowedIn(draft.state)),
    },
  };
}

/** A call came to an answer. */
export function onCallEnded(draft: Draft, key: string, output: CallOutput): void {
  const call = callsOf(draft).find((one) => one.key === key && one.status === 'running');
  if (!call) return;
  if (call.previewing) {
    endPreview(draft, call, output.kind === 'done' ? { record: output.result } : output);
    return;
  }
  const answer: CallAnswer = { id: call.id, tool: call.tool, answer: output };
  if (call.effect === 'write') {
    switch (output.kind) {
      case 'done':
        changeEffect(draft, key, { status: 'committed', result: output.result });
        writeRow(draft, 'effect-committed', { key, tool: call.tool, resultDigest: digestOf(output.result) });
        break;
      case 'refused':
        // I4: a refusal is the tool's answer; nothing was written, so there is nothing to take back.
        draft.state.effects = draft.state.effects.filter((one) => one.key !== key);
        writeRow(draft, 'effect-refused', { key, tool: call.tool, failure: output.failure });
        break;
    }
  }
  changeCall(draft, call.id, { status: 'answered', answer });
  draft.next = { kind: 'advance-calls' };
}

/** A call exhausted its attempts, or was stopped: its outcome may be unknown. */
export function onCallFailed(draft: Draft, key: string, trouble: Trouble): void {
  const call = callsOf(draft).find((one) => one.key === key && one.status === 'running');
  if (!call) return;
  if (call.previewing) {
    endPreview(draft, call, { failure: trouble.failure });
    return;
  }
  const answer: CallAnswer = {
    id: call.id,
    tool: call.tool,
    answer: { kind: 'failed', failure: trouble.failure },
  };
  if (call.effect === 'read') {
    changeCall(draft, call.id, { status: 'answered', answer });
    draft.next = { kind: 'advance-calls' };
    return;
  }
  const effect = changeEffect(draft, key, { status: 'failed', failure: trouble.failure });
  writeRow(draft, 'effect-failed', {
    key,
    tool: call.tool,
    failure: trouble.failure,
    outcome: 'unknown',
  });
  const ending = draft.state.ending;
  if (ending !== undefined || effect.onFailure === 'unwind' || !effect.reversible) {
    draft.next = { kind: 'unwind', ending: ending ?? { kind: 'failed', failure: trouble.failure } };
    return;
  }
  changeCall(draft, call.id, { status: 'undoing', answer });
  const undoing = changeEffect(draft, key, { epoch: effect.epoch + 1 });
  writeRow(draft, 'undo-scheduled', { key, tool: call.tool });
  draft.steps.push(activityOf(draft, 'undo', undoing));
}

/** The undo of one failed call worked: the agent goes on as if it had never been tried. */
export function onCallUndone(draft: Draft, key: string): boolean {
  const call = callsOf(draft).find((one) => one.key === key && one.status === 'undoing');
  if (!call) return false;
  changeEffect(draft, key, { status: 'undone' });
  writeRow(draft, 'effect-undone', { key, tool: call.tool });
  changeCall(draft, call.id, { status: 'answered' });
  draft.next = { kind: 'advance-calls' };
  return true;
}

/** The undo of one failed call did not work either: the whole case unwinds, and a person sees this one. */
export function onCallUndoFailed(draft: Draft, key: string, trouble: Trouble): boolean {
  const call = callsOf(draft).find((one) => one.key === key && one.status === 'undoing');
  if (!call) return false;
  const { failure: problem } = trouble;
  writeRow(draft, 'undo-failed', { key, tool: effectOf(draft.state, key).tool, failure: problem });
  // What ends already ends as it was to: a cancelled case does not become a failed one.
  draft.next = { kind: 'unwind', ending: draft.state.ending ?? { kind: 'failed', failure: problem } };
  return true;
}
