import type { CaseOutcome, SagaOutcome } from '../../contract/case.ts';
import { feedbackQuestion } from '../../contract/continuity.ts';
import type { Draft } from '../draft.ts';
import { changeDeadLetter, handoffOf, moveHandoffTo, nowText, sendMessage, writeRow } from '../draft.ts';
import type { Trouble } from '../events.ts';
import { dropAsks } from './asks.ts';
import { agentOf } from './compose.ts';
import { onCallUndoFailed, onCallUndone } from './effects.ts';
import { followInquiry } from './inquiries.ts';
import { wantedEscalation } from './interrupt.ts';
import { endRemotes } from './remote.ts';
import { endElsewhere, couldNotTakeBack, keysToTakeBack, takeBack, tookBack } from './take-back.ts';
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
  const remaining = keysToTakeBack(state.effects);
  state.work = { kind: 'unwinding', remaining };
  draft.next = { kind: 'next-undo' };
}

/** Takes the next effect back, or ends the unwinding. */
export function nextUndo(draft: Draft, ends?: string): void {
  const { state } = draft;
  if (ends !== undefined) {
    endElsewhere(draft, ends);
    state.work = { kind: 'unwinding', remaining: [], current: ends };
    return;
  }
  if (state.work.kind !== 'unwinding') return;
  const [key, ...remaining] = state.work.remaining;
  if (key === undefined) {
    endUnwind(draft);
    return;
  }
  if (takeBack(draft, key)) {
    state.work = { kind: 'unwinding', remaining, current: key };
    return;
  }
  state.work = { kind: 'unwinding', remaining };
  draft.next = { kind: 'next-undo' };
}

/** One effect is taken back. */
export function onUndoEnded(draft: Draft, key: string): void {
  const { state } = draft;
  if (onCallUndone(draft, key)) return;
  if (state.work.kind !== 'unwinding' || state.work.current !== key) return;
  tookBack(draft, key);
  state.work = { kind: 'unwinding', remaining: state.work.remaining };
  draft.next = { kind: 'next-undo' };
}

/** One compensation failed for good: the others go on. */
export function onUndoFailed(draft: Draft, key: string, trouble: Trouble): void {
  const { state } = draft;
  if (onCallUndoFailed(draft, key, trouble)) return;
  if (state.work.kind !== 'unwinding' || state.work.current !== key) return;
  couldNotTakeBack(draft, key, trouble.failure);
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
