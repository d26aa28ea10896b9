import { setTimeout as delay } from 'node:timers/promises';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import type { CaseView } from '../../contract/case.ts';
import { inboxOf, type Review } from '../../contract/review.ts';
import { listCases } from '../cases/list.ts';
import { readView } from '../cases/read.ts';
import type { Access } from '../reach/access.ts';
import type { OpenReview } from './across-cases.ts';

/** Whose reviews to follow. */
export interface FollowReviewsOptions {
  readonly tenant?: string;
  /** Ends the following quietly. */
  readonly signal?: AbortSignal;
  /** Pause between two looks, in milliseconds; 50 when absent, 20 at least. */
  readonly intervalMs?: number;
}

/** A review that people have to decide from now on, or no longer. */
export type ReviewChange =
  | { readonly kind: 'opened'; readonly open: OpenReview }
  /** Nobody has decided, and people were reminded or others asked besides; it may lie in another inbox now. */
  | { readonly kind: 'reminded'; readonly open: OpenReview }
  | { readonly kind: 'closed'; readonly caseId: string; readonly reviewId: string; readonly pool: string };

const INTERVAL_MS = 50;
const SHORTEST_INTERVAL_MS = 20;
const CASES_AT_MOST = 1_000;
/** Cases that wait already and are asked again at each look, in turn: one review may have followed another. */
const ASKED_AGAIN = 2;

/**
 * The reviews that are open, and then every change: a few milliseconds after visibility has it. A review is told once.
 * @throws BatonError `SERVER_UNREACHABLE`, `INPUT_INVALID`
 */
export async function* followReviews(
  access: Access,
  options: FollowReviewsOptions = {},
): AsyncGenerator<ReviewChange, void, undefined> {
  const { tenant, signal, intervalMs = INTERVAL_MS } = options;
  if (!(intervalMs >= SHORTEST_INTERVAL_MS)) {
    const detail = `intervalMs: at least ${String(SHORTEST_INTERVAL_MS)}`;
    throw new BatonError(failure('INPUT_INVALID', detail, 'intervalMs'));
  }
  const filter = { stage: 'waiting-person', open: true, limit: CASES_AT_MOST } as const;
  /** Open reviews by case, the case asked longest ago first. */
  const known = new Map<string, ReadonlyMap<string, OpenReview>>();
  while (signal?.aborted !== true) {
    const listed = await listCases(access, { ...filter, ...(tenant === undefined ? {} : { tenant }) });
    const waiting = new Set(listed.map(({ caseId }) => caseId));
    const gone = [...known.keys()].filter((caseId) => !waiting.has(caseId));
    const fresh = [...waiting].filter((caseId) => !known.has(caseId));
    const again = [...known.keys()].filter((caseId) => waiting.has(caseId)).slice(0, ASKED_AGAIN);
    const asked = await Promise.all(
      [...fresh, ...again].map(async (caseId) => [caseId, await reviewsOf(access, caseId)] as const),
    );
    for (const caseId of gone) {
      yield* closedAmong(known.get(caseId), new Map());
      known.delete(caseId);
    }
    for (const [caseId, now] of asked) {
      // Nobody answered: it is asked again at the next look.
      if (!now) continue;
      const before = known.get(caseId);
      yield* closedAmong(before, now);
      for (const [id, open] of now) {
        const known = before?.get(id);
        if (!known) yield { kind: 'opened', open };
        else if (pressed(known.review) !== pressed(open.review)) yield { kind: 'reminded', open };
      }
      known.delete(caseId);
      // A case whose review has just closed leaves the list by itself, or opens another one.
      if (now.size > 0) known.set(caseId, now);
    }
    await delay(intervalMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

/** How often people were reminded, and others asked. */
function pressed({ reminders = 0, widened = [] }: Review): number {
  return reminders + widened.length;
}

function* closedAmong(
  before: ReadonlyMap<string, OpenReview> | undefined,
  now: ReadonlyMap<string, OpenReview>,
): Generator<ReviewChange, void, undefined> {
  for (const [reviewId, { caseId, review }] of before ?? [])
    if (!now.has(reviewId)) yield { kind: 'closed', caseId, reviewId, pool: inboxOf(review) };
}

async function reviewsOf(
  access: Access,
  caseId: string,
): Promise<ReadonlyMap<string, OpenReview> | undefined> {
  const view = await readView(access, caseId).catch((thrown: unknown) => {
    if (!isBatonError(thrown) || thrown.code === 'SERVER_UNREACHABLE') throw thrown;
    return undefined;
  });
  return view && new Map(openOf(view).map((open) => [open.review.id, open]));
}

function openOf({ caseId, team, owner, reviews }: CaseView): readonly OpenReview[] {
  return reviews.filter(({ status }) => status === 'open').map((review) => ({ caseId, team, owner, review }));
}
