import type { DirectoryAnswer, DirectoryOccasion } from '../../contract/directory.ts';
import { digestOf } from '../../contract/digest.ts';
import { getOwn } from '../../contract/json.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { Review } from '../../contract/review.ts';
import type { WaitingStep } from '../../contract/waiting.ts';
import type { Draft } from '../draft.ts';
import { changeReview, handoffOf, nowText, writeRow } from '../draft.ts';
import { manifestOf, type CaseState } from '../state.ts';
import { consultForReview } from './consult.ts';
import { proposeToPeople } from './propose-handoff.ts';
import { settleClaim } from './hold.ts';
import { armReview } from './reviews.ts';
import { armWait } from './unanswered.ts';

/** The directory has answered. */
export function onConsulted(
  draft: Draft,
  pool: string,
  occasion: DirectoryOccasion,
  answer: DirectoryAnswer,
): void {
  const { state } = draft;
  // Nobody is waited for any more, and nothing is written behind the closing row (I9).
  if (state.work.kind === 'closing' || state.work.kind === 'closed') return;
  const { people, open, opensAt, assigned } = answer;
  const snapshot = { at: nowText(draft), people, open, ...(opensAt === undefined ? {} : { opensAt }) };
  state.directory = { ...state.directory, [pool]: snapshot };
  writeRow(draft, 'directory-consulted', {
    pool,
    occasion: occasion.kind,
    ...('reviewId' in occasion ? { reviewId: occasion.reviewId } : {}),
    people: Object.keys(people).slice(0, 100),
    peopleDigest: digestOf(people),
    open,
    ...(opensAt === undefined ? {} : { opensAt }),
    ...(assigned === undefined ? {} : { assigned }),
    ...(answer.instants.length === 0 ? {} : { instants: answer.instants }),
  });
  switch (occasion.kind) {
    case 'review-opened': {
      const review = state.reviews.find((one) => one.id === occasion.reviewId);
      if (review?.status === 'open') settleReview(draft, review, pool, answer);
      return;
    }
    case 'case-arrived':
      settleCase(draft, pool, answer);
      return;
    case 'claim':
      settleClaim(draft, pool);
      return;
    case 'review-due':
    case 'case-due':
    case 'dead-letter':
      return;
  }
}

function settleReview(draft: Draft, review: Review, pool: string, answer: DirectoryAnswer): void {
  const { assigned } = answer;
  const elsewhere = afterHoursOf(draft, pool, answer);
  if (elsewhere !== undefined && !askedOf(review).includes(elsewhere)) {
    const at = nowText(draft);
    writeRow(draft, 'review-widened', {
      reviewId: review.id,
      from: pool,
      pool: elsewhere,
      because: 'after hours',
    });
    const widened = [...(review.widened ?? []), { pool: elsewhere, at }];
    changeReview(draft, review.id, { widened });
    consultForReview(draft, review, elsewhere);
    return;
  }
  const { ahead = [], expiresAt } = review;
  const moved = inWorkingTime(ahead, answer.instants.slice(0, -1));
  const changed: Review = {
    ...review,
    ...(review.ahead && moved ? { ahead: moved } : {}),
    expiresAt: (moved && answer.instants.at(-1)) ?? expiresAt,
    ...(assigned === undefined ? {} : { assignedTo: assigned }),
  };
  changeReview(draft, review.id, changed);
  armReview(draft, changed);
}

function settleCase(draft: Draft, pool: string, answer: DirectoryAnswer): void {
  const { state } = draft;
  if (poolOfOwner(state.owner) !== pool || state.work.kind !== 'idle' || state.claimedBy !== undefined)
    return;
  const elsewhere = afterHoursOf(draft, pool, answer);
  if (elsewhere !== undefined && !cameAfterHours(state)) {
    const explanation = `${pool} is closed${answer.opensAt === undefined ? '' : ` until ${answer.opensAt}`}`;
    proposeToPeople(draft, { pool: elsewhere, reasonCode: 'after-hours', explanation });
    return;
  }
  if (answer.assigned !== undefined) state.assignedTo = answer.assigned;
  const { unattended } = state;
  if (unattended?.pool !== pool) return;
  const ahead = inWorkingTime(unattended.ahead, answer.instants);
  if (!ahead) return;
  state.unattended = { ...unattended, ahead };
  armWait(draft);
}

/** The pool that stands in while this one is closed. */
function afterHoursOf({ state }: Draft, pool: string, { open }: DirectoryAnswer): string | undefined {
  if (open) return undefined;
  const elsewhere = getOwn(manifestOf(state).pools, pool)?.staffing?.afterHours;
  return elsewhere === pool ? undefined : elsewhere;
}

/** Pools that stand in for each other would pass the case on for ever. */
function cameAfterHours(state: CaseState): boolean {
  return state.broughtBy !== undefined && handoffOf(state, state.broughtBy).reasonCode === 'after-hours';
}

function askedOf(review: Review): readonly string[] {
  return [review.pool, ...(review.widened ?? []).map((one) => one.pool)];
}

/** Steps at the instants that the directory gave; undefined where some of them have been taken meanwhile. */
function inWorkingTime(
  ahead: readonly WaitingStep[],
  instants: readonly string[],
): readonly WaitingStep[] | undefined {
  if (ahead.length !== instants.length) return undefined;
  return ahead.map((step, index) => ({ ...step, at: instants[index] ?? step.at }));
}
