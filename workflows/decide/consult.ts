import type { ConsultInput } from '../../contract/activities.ts';
import type { DirectoryOccasion } from '../../contract/directory.ts';
import { getOwn } from '../../contract/json.ts';
import type { Review } from '../../contract/review.ts';
import { planWaiting } from '../../contract/waiting.ts';
import type { Draft } from '../draft.ts';
import { nowText } from '../draft.ts';
import { manifestOf } from '../state.ts';

/** Asks the directory about a pool, where it knows it. */
export function consult(
  draft: Draft,
  pool: string,
  occasion: DirectoryOccasion,
  times: { readonly from: string; readonly until: readonly string[] } = { from: nowText(draft), until: [] },
): void {
  const { state } = draft;
  const staffing = getOwn(manifestOf(state).pools, pool)?.staffing;
  if (!staffing) return;
  const language = state.user?.locale ?? state.locale ?? state.speaks;
  const input: ConsultInput = {
    version: '1.0.0',
    trace: state.trace,
    caseId: state.caseId,
    team: state.team,
    pool,
    staffing,
    occasion,
    at: nowText(draft),
    from: times.from,
    intervals: times.until.map((instant) => Date.parse(instant) - Date.parse(times.from)),
    ...(language === undefined ? {} : { language }),
    ...(state.lastPerson === undefined ? {} : { last: state.lastPerson }),
  };
  draft.steps.push({ kind: 'consult', input });
}

/** A review is new to a pool: who may decide it, and when its instants come in working time. */
export function consultForReview(draft: Draft, review: Review, pool: string): void {
  const until = [...(review.ahead ?? []).map((step) => step.at), review.expiresAt];
  const occasion = { kind: 'review-opened', reviewId: review.id } as const;
  consult(draft, pool, occasion, { from: review.openedAt, until });
}

/** A case is new to a pool: who may take it, and when what is done without anybody comes in working time. */
export function consultForCase(draft: Draft, pool: string): void {
  const waiting = getOwn(manifestOf(draft.state).pools, pool)?.waiting ?? {};
  const until = planWaiting({ pool, waiting, from: draft.now }).map((step) => step.at);
  consult(draft, pool, { kind: 'case-arrived' }, { from: nowText(draft), until });
}
