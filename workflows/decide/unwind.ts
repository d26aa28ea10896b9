import type { CaseOutcome, EffectRecord, SagaOutcome } from '../../contract/case.ts';
import { feedbackQuestion } from '../../contract/continuity.ts';
import type { Failure } from '../../contract/failures.ts';
import { failure } from '../../contract/failures.ts';
import type { Draft } from '../draft.ts';
import {
  changeDeadLetter,
  changeEffect,
  effectOf,
  handoffOf,
  moveHandoffTo,
  nowText,
  sendMessage,
  writeRow,
} from '../draft.ts';
import type { Trouble } from '../events.ts';
import { dropAsks } from './asks.ts';
import { agentOf } from './compose.ts';
import { activityOf, onCallUndoFailed, onCallUndone } from './effects.ts';
import { followInquiry } from './inquiries.ts';
import { wantedEscalation } from './interrupt.ts';
import { openDeadLetter } from './dead-letters.ts';
import { endRemotes, isOpenRemote } from './remote.ts';
import { withdrawHandoff } from './withdrawals.ts';
import { withdrawReviews } from './reviews.ts';
import { stopTurn } from './stopped.ts';

/**
 * The case ends badly: everything it wrote is taken back in reverse order (I4). Offers, reviews and parked work
 * that asked for more are withdrawn first.
 */
export function beginUnwind(draft: Draft, ending: CaseOutcome): void {
  const { state } = draft;
  const because = ending.kind;
  state.ending = ending;
  stopTurn(draft);
  endRemotes(draft);
  dropAsks(draft);
  withdrawHandoff(draft);
  withdrawReviews(draft, because);
  for (const letter of state.deadLetters.filter((one) => one.status === 'open' && one.kind !== 'undo')) {
    changeDeadLetter(draft, letter.id, {
      status: 'discarded',
      by: 'baton',
      reason: `the case ${because}`,
      closedAt: nowText(draft),
    });
    writeRow(draft, 'dead-letter-discarded', {
      deadLetterId: letter.id,
      by: 'baton',
      reason: `the case ${because}`,
    });
  }
  const remaining = state.effects
    .filter(
      (effect) =>
        effect.status === 'scheduled' || effect.status === 'committed' || effect.status === 'failed',
    )
    .map((effect) => effect.key)
    .reverse();
  state.work = { kind: 'unwinding', remaining };
  draft.next = { kind: 'next-undo' };
}

/** Takes the next effect back, or ends the unwinding. */
export function nextUndo(draft: Draft): void {
  const { state } = draft;
  if (state.work.kind !== 'unwinding') return;
  const [key, ...remaining] = state.work.remaining;
  if (key === undefined) {
    endUnwind(draft);
    return;
  }
  const effect = effectOf(state, key);
  if (!effect.reversible && !isOpenRemote(state, key)) {
    keepIrreversible(draft, effect);
    state.work = { kind: 'unwinding', remaining };
    draft.next = { kind: 'next-undo' };
    return;
  }
  scheduleUndo(draft, effect);
  state.work = { kind: 'unwinding', remaining, current: key };
}

function scheduleUndo(draft: Draft, effect: EffectRecord): void {
  // A higher epoch fences off attempts of the effect that are still under way somewhere.
  const undoing = changeEffect(draft, effect.key, { epoch: effect.epoch + 1 });
  writeRow(draft, 'undo-scheduled', { key: effect.key, tool: effect.tool });
  draft.steps.push(activityOf(draft, 'undo', undoing));
}

function keepIrreversible(draft: Draft, effect: EffectRecord): void {
  changeEffect(draft, effect.key, { status: 'kept' });
  writeRow(draft, 'effect-kept', {
    key: effect.key,
    tool: effect.tool,
    because: 'irreversible',
    certain: effect.status === 'committed',
  });
  if (effect.status === 'committed') return;
  // I5: no clear answer is a dead letter.
  openUndoLetter(
    draft,
    effect,
    failure('UNDO_FAILED', `${effect.tool} cannot be undone, and whether it happened is unknown`),
  );
}

/** Parks an undo for a person. */
export function openUndoLetter(draft: Draft, effect: EffectRecord, problem: Failure): void {
  openDeadLetter(draft, {
    kind: 'undo',
    subject: effect.key,
    agent: effect.agent,
    failure: problem,
    payload: { tool: effect.tool, arguments: effect.arguments, key: effect.key },
  });
}

/** One effect is taken back. */
export function onUndoEnded(draft: Draft, key: string): void {
  const { state } = draft;
  if (onCallUndone(draft, key)) return;
  if (state.work.kind !== 'unwinding' || state.work.current !== key) return;
  const effect = effectOf(state, key);
  // A task that was ended elsewhere: what it has done by then stays done.
  if (!effect.reversible) keepIrreversible(draft, effect);
  else {
    changeEffect(draft, key, { status: 'undone' });
    writeRow(draft, 'effect-undone', { key, tool: effect.tool });
  }
  state.work = { kind: 'unwinding', remaining: state.work.remaining };
  draft.next = { kind: 'next-undo' };
}

/** One compensation failed for good: a dead letter, never silence, and the others go on (F24). */
export function onUndoFailed(draft: Draft, key: string, trouble: Trouble): void {
  const { state } = draft;
  if (onCallUndoFailed(draft, key, trouble)) return;
  if (state.work.kind !== 'unwinding' || state.work.current !== key) return;
  const effect = changeEffect(draft, key, { status: 'undo-failed', failure: trouble.failure });
  writeRow(draft, 'undo-failed', { key, tool: effect.tool, failure: trouble.failure });
  openUndoLetter(draft, effect, trouble.failure);
  state.work = { kind: 'unwinding', remaining: state.work.remaining };
  draft.next = { kind: 'next-undo' };
}

/** All that could be undone is: the case closes, waits for dead letters, or goes to the human who was asked for. */
export function endUnwind(draft: Draft): void {
  const { state } = draft;
  if (state.deadLetters.some((letter) => letter.status === 'open')) {
    state.work = { kind: 'unwound' };
    return;
  }
  if (state.humanAsked && state.ending?.kind === 'failed') {
    delete state.ending;
    draft.next = { kind: 'escalate', escalation: wantedEscalation(state.humanAsked) };
    return;
  }
  draft.next = { kind: 'close' };
}

/** The closing row, and the flush that must come before the end. */
export function closeCase(draft: Draft): void {
  const { state } = draft;
  const outcome = state.ending ?? { kind: 'finished', outcome: 'finished' };
  if (awaitsStopped(draft, outcome)) {
    state.ending = outcome;
    state.work = { kind: 'closing' };
    return;
  }
  if (state.broughtBy !== undefined && handoffOf(state, state.broughtBy).status === 'accepted') {
    const status = outcome.kind === 'finished' ? 'completed' : 'rolled-back';
    moveHandoffTo(draft, state.broughtBy, status, { endedAt: nowText(draft) });
    writeRow(draft, status === 'completed' ? 'handoff-completed' : 'handoff-rolled-back', {
      handoffId: state.broughtBy,
    });
  }
  withdrawReviews(draft, outcome.kind);
  if (outcome.kind === 'finished' && state.manifest?.feedback === 'asked')
    sendMessage(draft, { kind: 'system' }, feedbackQuestion(state.speaks));
  state.ending = outcome;
  state.saga = sagaOutcome(draft);
  state.work = { kind: 'closing' };
  writeRow(draft, 'case-closed', {
    outcome,
    saga: state.saga,
    hops: state.hops,
    path: state.path,
    effects: state.effects.map(({ key, tool, status }) => ({ key, tool, status })),
  });
  draft.steps.push({ kind: 'record' });
}

/** Nothing is written behind the closing row (I9): what stopped turns took comes first, and then the case is closed. */
function awaitsStopped(draft: Draft, outcome: CaseOutcome): boolean {
  const { state } = draft;
  if (state.inquiry && agentOf(state, state.inquiry.agent).metering) {
    withdrawReviews(draft, outcome.kind);
    followInquiry(draft);
  }
  return state.stopped !== undefined;
}

function sagaOutcome(draft: Draft): SagaOutcome {
  const { effects, ending } = draft.state;
  if (ending?.kind === 'finished') return 'kept';
  return effects.every((effect) => effect.status === 'undone') ? 'compensated' : 'partly-compensated';
}
