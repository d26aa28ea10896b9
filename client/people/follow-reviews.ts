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
  /** It asks for something else by now, or a question about it was asked or answered. */
  | { readonly kind: 'changed'; readonly open: OpenReview }
  | { readonly kind: 'closed'; readonly caseId: string; readonly reviewId: string; readonly pool: string };

const INTERVAL_MS = 50;
const SHORTEST_INTERVAL_MS = 20;
const CASES_AT_MOST = 1_000;
/** Cases that wait already and are asked again at each look, in turn: one review may have followed another. */
const ASKED_AGAIN = 2;
/** Looks after which they are asked even where new ones come at every look. */
const LOOKS_WITHOUT = 10;
/** Questions under way: more would wait with the workers, and the newest review behind all of them. */
const ASKED_AT_ONCE = 32;

/**
 * The reviews that are open, and then every change: a few milliseconds after visibility has it. A review is told once.
 * Nobody waits for another's answer: visibility is asked at its interval while cases are asked what they hold.
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
  const news = createNews();
  const stopped = new AbortController();
  const questions = createQuestions(access);
  const stop = (): void => {
    stopped.abort();
    questions.stop();
    news.end();
  };
  signal?.addEventListener('abort', stop);
  const inbox = createKnownReviews(news, (caseId) => questions.ask(() => reviewsOf(access, caseId)));
  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const listed = await questions.ask(() =>
        listCases(access, { ...filter, ...(tenant === undefined ? {} : { tenant }) }),
      );
      inbox.found(new Set(listed.map(({ caseId }) => caseId)));
      await delay(intervalMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  try {
    if (signal?.aborted === true) return;
    look().catch(news.fail);
    yield* news.changes();
  } finally {
    stop();
    signal?.removeEventListener('abort', stop);
  }
}

/** Questions to the server that nobody needs answered once the following has ended. */
interface Questions {
  readonly ask: <Answer>(question: () => Promise<Answer>) => Promise<Answer>;
  /** Stops those under way. */
  readonly stop: () => void;
}

function createQuestions({ client }: Access): Questions {
  const underWay = new Set<AbortController>();
  return {
    ask: async (question) => {
      // One each: a signal that outlives many questions would keep a listener of each.
      const stopped = new AbortController();
      underWay.add(stopped);
      try {
        return await client.withAbortSignal(stopped.signal, question);
      } finally {
        underWay.delete(stopped);
      }
    },
    stop: () => {
      for (const stopped of underWay) stopped.abort();
    },
  };
}

/** Changes on their way from whoever finds them to whoever reads them. */
interface News {
  readonly tell: (change: ReviewChange) => void;
  readonly fail: (thrown: unknown) => void;
  readonly end: () => void;
  /** Every change that was told, until the end; throws what failed. */
  readonly changes: () => AsyncGenerator<ReviewChange, void, undefined>;
}

function createNews(): News {
  const queue: ReviewChange[] = [];
  let ended = false;
  let failed: { readonly thrown: unknown } | undefined;
  let wake = (): void => undefined;
  const isEnded = (): boolean => ended;
  return {
    tell: (change) => {
      queue.push(change);
      wake();
    },
    fail: (thrown) => {
      failed ??= { thrown };
      wake();
    },
    end: () => {
      ended = true;
      wake();
    },
    changes: async function* () {
      while (!isEnded()) {
        const change = queue.shift();
        if (change) yield change;
        else if (failed) throw failed.thrown;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}

/** What is known of open reviews, case by case. */
interface KnownReviews {
  /** Visibility has these cases waiting, and no others. */
  readonly found: (waiting: ReadonlySet<string>) => void;
}

/** @param reviewsIn asks a case; undefined where nobody answers */
function createKnownReviews(
  news: News,
  reviewsIn: (caseId: string) => Promise<ReadonlyMap<string, OpenReview> | undefined>,
): KnownReviews {
  /** Open reviews by case, the case asked longest ago first. */
  const known = new Map<string, ReadonlyMap<string, OpenReview>>();
  const asking = new Set<string>();
  let looksWithout = 0;

  async function ask(caseId: string): Promise<void> {
    asking.add(caseId);
    try {
      const now = await reviewsIn(caseId);
      // Nobody answered: it is asked again at the next look.
      if (now) learn(caseId, now);
    } finally {
      asking.delete(caseId);
    }
  }

  function learn(caseId: string, now: ReadonlyMap<string, OpenReview>): void {
    const before = known.get(caseId);
    tellClosed(before, now);
    for (const [id, open] of now) {
      const told = before?.get(id);
      if (!told) news.tell({ kind: 'opened', open });
      else if (pressed(told.review) !== pressed(open.review)) news.tell({ kind: 'reminded', open });
      else if (contentOf(told.review) !== contentOf(open.review)) news.tell({ kind: 'changed', open });
    }
    known.delete(caseId);
    // A case whose review has just closed leaves the list by itself, or opens another one.
    if (now.size > 0) known.set(caseId, now);
  }

  function tellClosed(
    before: ReadonlyMap<string, OpenReview> | undefined,
    now: ReadonlyMap<string, OpenReview>,
  ): void {
    for (const [reviewId, { caseId, review }] of before ?? [])
      if (!now.has(reviewId)) news.tell({ kind: 'closed', caseId, reviewId, pool: inboxOf(review) });
  }

  return {
    found: (waiting) => {
      const gone = [...known.keys()].filter((caseId) => !waiting.has(caseId));
      for (const caseId of gone) {
        tellClosed(known.get(caseId), new Map());
        known.delete(caseId);
      }
      const fresh = [...waiting].filter((caseId) => !known.has(caseId) && !asking.has(caseId));
      const busy = fresh.length > 0 || asking.size > 0;
      looksWithout = busy ? looksWithout + 1 : LOOKS_WITHOUT;
      const due = looksWithout >= LOOKS_WITHOUT;
      if (due) looksWithout = 0;
      const again = [...known.keys()].filter((caseId) => due && !asking.has(caseId)).slice(0, ASKED_AGAIN);
      const free = Math.max(0, ASKED_AT_ONCE - asking.size);
      for (const caseId of [...fresh, ...again].slice(0, free)) ask(caseId).catch(news.fail);
    },
  };
}

/** How often people were reminded, and others asked. */
function pressed({ reminders = 0, widened = [] }: Review): number {
  return reminders + widened.length;
}

/** What whoever decides has before them: the digest, and how far questions are. */
function contentOf({ digest, questions = [] }: Review): string {
  const answered = questions.filter((one) => one.answeredBy !== undefined || one.answer !== undefined);
  return `${digest} ${String(questions.length)} ${String(answered.length)}`;
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
