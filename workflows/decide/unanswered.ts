import { failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { inboxOf, type Review } from '../../contract/review.ts';
import { dueSteps, planWaiting, type WaitingStep } from '../../contract/waiting.ts';
import type { Draft } from '../draft.ts';
import { changeReview, forget, nowText, writeRow } from '../draft.ts';
import { manifestOf } from '../state.ts';
import { consult } from './consult.ts';
import { askForDoorKeys } from './door-keys.ts';
import { bringToPeople, isWithPeople, wantedEscalation } from './interrupt.ts';
import { proposeToPeople } from './propose-handoff.ts';
import { answerQuestion, armAhead, disarmReview, takeHeldTurn } from './reviews.ts';

/** Id of the one timer of a case that nobody of its pool has taken. */
const TIMER = 'people, unanswered';

/** People have not decided yet: they are reminded, and others are asked besides (F30). */
export function onReviewDue(draft: Draft, review: Review): void {
  const { due, left } = dueSteps(review.ahead ?? [], draft.now);
  let changed: Review = { ...review, ahead: left };
  for (const step of due)
    changed = step.do === 'remind' ? remind(draft, changed) : widen(draft, changed, step);
  // Somebody who has left meanwhile shall not decide.
  if (due.length > 0) consult(draft, inboxOf(changed), { kind: 'review-due', reviewId: review.id });
  if (due.length > 0 && review.proof) askForDoorKeys(draft);
  changeReview(draft, review.id, changed);
  armAhead(draft, changed);
}

function remind(draft: Draft, review: Review): Review {
  const reminders = (review.reminders ?? 0) + 1;
  const { id: reviewId, expiresAt } = review;
  writeRow(draft, 'review-reminded', { reviewId, pool: inboxOf(review), reminders, expiresAt });
  return { ...review, reminders };
}

function widen(draft: Draft, review: Review, step: Extract<WaitingStep, { do: 'widen' }>): Review {
  const who = { pool: step.pool, ...(step.roles ? { roles: step.roles } : {}) };
  writeRow(draft, 'review-widened', { reviewId: review.id, from: inboxOf(review), ...who });
  return { ...review, widened: [...(review.widened ?? []), { ...who, at: nowText(draft) }] };
}

/** Nobody decided in time. That is never a yes (I8, F30). */
export function expireReview(draft: Draft, review: Review): void {
  const { state } = draft;
  const { id, expiresAt, kind } = review;
  const pool = inboxOf(review);
  changeReview(draft, id, { status: 'expired' });
  disarmReview(draft, review);
  writeRow(draft, 'review-expired', {
    reviewId: id,
    pool,
    expiresAt,
    ...(review.atExpiry ? { atExpiry: review.atExpiry } : {}),
  });
  if (review.atExpiry === 'escalate' && !isWithPeople(state)) {
    takeHeldTurn(draft, id, 'expired');
    const reason = `nobody of ${pool} decided ${id} by ${expiresAt}`;
    state.humanAsked = { by: 'baton', reason, reasonCode: 'REVIEW_EXPIRED', pool };
    bringToPeople(draft, wantedEscalation(state.humanAsked));
    return;
  }
  switch (kind) {
    case 'tool-call':
      draft.next = { kind: 'advance-calls' };
      return;
    case 'handoff':
      if (state.work.kind !== 'held') return;
      draft.next = {
        kind: 'refuse-handoff',
        handoffId: state.work.handoffId,
        failure: failure('REVIEW_EXPIRED', `nobody of ${pool} decided ${id} by ${expiresAt}`),
      };
      return;
    case 'question':
      answerQuestion(draft, review, 'expired', `nobody of ${pool} answered by ${expiresAt}`);
      return;
  }
}

/**
 * Follows whether a case waits for somebody of its pool: asked after every event. Who holds it, hands it on or ends
 * it ends the wait.
 * @param again sets the timer even where it stands: a continued case has none
 */
export function followWait(draft: Draft, again: boolean): void {
  const { state } = draft;
  const pool = poolOfOwner(state.owner);
  const waits = pool !== undefined && state.work.kind === 'idle' && state.claimedBy === undefined;
  if (!waits) {
    if (!state.unattended) return;
    forget(draft, 'unattended');
    draft.steps.push({ kind: 'disarm', id: TIMER });
    return;
  }
  if (state.unattended) {
    if (again) armWait(draft);
    return;
  }
  const waiting = getOwn(manifestOf(state).pools, pool)?.waiting;
  if (!waiting) return;
  const ahead = planWaiting({ pool, waiting, from: draft.now });
  state.unattended = { pool, since: nowText(draft), ahead, reminders: 0 };
  armWait(draft);
}

/** Sets the timer of what is done next while nobody takes the case. */
export function armWait(draft: Draft): void {
  const [next] = draft.state.unattended?.ahead ?? [];
  if (next) draft.steps.push({ kind: 'arm', id: TIMER, at: next.at, event: { kind: 'people-due' } });
}

/** Nobody of the pool has taken the case yet: they are reminded, or it goes on to other people. */
export function onPeopleDue(draft: Draft): void {
  const { state } = draft;
  const { unattended } = state;
  if (!unattended) return;
  const { due, left } = dueSteps(unattended.ahead, draft.now);
  const reminded = due.filter((step) => step.do === 'remind').length;
  const reminders = unattended.reminders + reminded;
  state.unattended = { ...unattended, ahead: left, reminders };
  const pool = poolOfOwner(state.owner) ?? unattended.pool;
  if (reminded > 0) {
    writeRow(draft, 'people-reminded', { pool, reminders, since: unattended.since });
    consult(draft, pool, { kind: 'case-due' });
  }
  armWait(draft);
  const further = due.filter((step) => step.do === 'widen').at(-1);
  if (!further || further.pool === pool) return;
  const explanation = `nobody of ${pool} took the case since ${unattended.since}`;
  proposeToPeople(draft, { pool: further.pool, reasonCode: 'unattended', explanation });
}
