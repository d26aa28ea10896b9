import { poolOfOwner } from '../../contract/queues.ts';
import type { Draft } from '../draft.ts';
import { changeDeadLetter, nowText, withdraw, writeRow } from '../draft.ts';
import type { Escalation } from '../events.ts';
import { manifestOf, type CaseState } from '../state.ts';
import { withdrawReviews } from './reviews.ts';
import { stopTurn } from './stopped.ts';
import { withdrawHandoff } from './withdrawals.ts';

/**
 * The case goes to people, whatever it is doing: at once where it can, else as soon as its state allows. The caller
 * has set `humanAsked`.
 */
export function bringToPeople(draft: Draft, escalation: Escalation): void {
  const { state } = draft;
  switch (state.work.kind) {
    case 'resolving':
    case 'unwinding':
    case 'unwound':
    case 'closing':
    case 'closed':
      // Honoured as soon as the state allows: after the team is known, or after the compensations.
      return;
    case 'calls':
      // What runs comes to its answer first, so that people see what happened and nothing is cut in half.
      withdrawReviews(draft, escalation.reasonCode);
      draft.next = { kind: 'advance-calls' };
      return;
    case 'fan-out':
      withdrawReviews(draft, escalation.reasonCode);
      draft.next = { kind: 'follow-fan-out' };
      return;
    case 'turn':
      // The turn is superseded; its result would be discarded, so it may as well stop.
      stopTurn(draft);
      draft.next = { kind: 'escalate', escalation };
      return;
    case 'offer':
    case 'held':
    case 'question':
      withdrawHandoff(draft);
      withdrawReviews(draft, escalation.reasonCode);
      draft.next = { kind: 'escalate', escalation };
      return;
    case 'parked':
      supersedeDeadLetter(draft, state.work.deadLetterId);
      draft.next = { kind: 'escalate', escalation };
      return;
    case 'idle':
    case 'waiting':
    case 'assessing':
      draft.next = { kind: 'escalate', escalation };
      return;
  }
}

/** The move to people that a request or a rule has asked for. */
export function wantedEscalation(asked: NonNullable<CaseState['humanAsked']>): Escalation {
  const { reason, reasonCode = 'human-asked', pool } = asked;
  return { reasonCode, explanation: reason, ...(pool === undefined ? {} : { pool }) };
}

/** Whether people have the case, or are about to. */
export function isWithPeople(state: CaseState): boolean {
  return state.humanAsked !== undefined || poolOfOwner(state.owner) !== undefined;
}

/** A person who takes the case has the parked work in hand; the letter keeps its story. */
function supersedeDeadLetter(draft: Draft, deadLetterId: string): void {
  const { state } = draft;
  const letter = state.deadLetters.find((one) => one.id === deadLetterId);
  if (letter?.status !== 'open') return;
  const reason = `people of ${manifestOf(state).escalation} took the case over`;
  changeDeadLetter(draft, letter.id, { status: 'discarded', by: 'baton', reason, closedAt: nowText(draft) });
  writeRow(draft, 'dead-letter-discarded', { deadLetterId: letter.id, by: 'baton', reason });
  if (letter.kind === 'handoff') withdraw(draft, letter.subject);
}
