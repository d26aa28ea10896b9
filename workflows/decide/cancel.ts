import type { Draft } from '../draft.ts';
import { forget, writeRow } from '../draft.ts';
import { withdrawReviews } from './reviews.ts';

/** Somebody cancels the case: what runs is stopped, and what was written is taken back (I4). */
export function cancelCase(draft: Draft): void {
  const { state } = draft;
  const { work } = state;
  if (work.kind === 'closing' || work.kind === 'closed') return;
  writeRow(draft, 'cancel-requested', {});
  if (state.ending !== undefined) {
    // What ends already ends; nobody goes on with it afterwards.
    forget(draft, 'humanAsked');
    return;
  }
  switch (work.kind) {
    case 'resolving':
      state.ending = { kind: 'cancelled' };
      draft.next = { kind: 'close' };
      return;
    case 'calls':
      state.ending = { kind: 'cancelled' };
      withdrawReviews(draft, 'cancelled');
      for (const call of work.calls) {
        if (call.status === 'running' && call.key !== undefined)
          draft.steps.push({ kind: 'stop', id: call.key });
      }
      draft.next = { kind: 'advance-calls' };
      return;
    case 'fan-out':
      state.ending = { kind: 'cancelled' };
      withdrawReviews(draft, 'cancelled');
      draft.next = { kind: 'follow-fan-out' };
      return;
    case 'idle':
    case 'assessing':
    case 'waiting':
    case 'turn':
    case 'offer':
    case 'held':
    case 'question':
    case 'parked':
      draft.next = { kind: 'unwind', ending: { kind: 'cancelled' } };
      return;
    case 'unwinding':
    case 'unwound':
      // Only with an ending, which was seen to above.
      return;
  }
}
