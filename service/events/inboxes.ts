import type { BatonClient, OpenReview, ReviewChange } from '../../client/index.ts';
import { inboxOf } from '../../contract/review.ts';
import type { StreamEvent } from './event-stream.ts';

/** The reviews of every tenant that somebody watches, looked up once however many watch. */
export interface Inboxes {
  /** What is open now, and then every change. */
  watch(
    tenant: string,
    pools: readonly string[] | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StreamEvent, void, undefined>;
}

/** A reader that is so many changes behind is sent away: it comes back and begins with what is open then. */
const BEHIND_AT_MOST = 1_000;

interface Inbox {
  readonly open: Map<string, OpenReview>;
  readonly readers: Set<(change: ReviewChange) => void>;
  readonly stop: AbortController;
  /** Ends with the look-up; rejects when that fails. */
  readonly ended: Promise<void>;
}

/** Inboxes over a client. */
export function createInboxes(baton: BatonClient): Inboxes {
  const inboxes = new Map<string, Inbox>();

  function watchedBy(tenant: string): Inbox {
    const running = inboxes.get(tenant);
    if (running) return running;
    const stop = new AbortController();
    const open = new Map<string, OpenReview>();
    const readers = new Set<(change: ReviewChange) => void>();
    const work = async (): Promise<void> => {
      for await (const change of baton.followReviews({ tenant, signal: stop.signal })) {
        if (change.kind !== 'closed') open.set(keyOf(change.open.caseId, change.open.review.id), change.open);
        else open.delete(keyOf(change.caseId, change.reviewId));
        for (const tell of readers) tell(change);
      }
    };
    const ended = work().finally(() => {
      if (inboxes.get(tenant) === inbox) inboxes.delete(tenant);
    });
    ended.catch(() => undefined);
    const inbox: Inbox = { open, readers, stop, ended };
    inboxes.set(tenant, inbox);
    return inbox;
  }

  return {
    watch: async function* (tenant, pools, signal) {
      const inbox = watchedBy(tenant);
      const queue: ReviewChange[] = [...inbox.open.values()].map((open) => ({ kind: 'opened', open }));
      let wake = (): void => undefined;
      const tell = (change: ReviewChange): void => {
        queue.push(change);
        wake();
      };
      let over = signal.aborted;
      const isOver = (): boolean => over;
      const end = (): void => {
        over = true;
        wake();
      };
      inbox.readers.add(tell);
      inbox.ended.then(end, end);
      signal.addEventListener('abort', end);
      try {
        while (!isOver() && queue.length <= BEHIND_AT_MOST) {
          const change = queue.shift();
          if (!change) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
            continue;
          }
          const pool = change.kind === 'closed' ? change.pool : inboxOf(change.open.review);
          if (pools && !pools.includes(pool)) continue;
          yield change.kind === 'closed'
            ? { event: 'review-closed', data: { caseId: change.caseId, reviewId: change.reviewId, pool } }
            : { event: `review-${change.kind}`, data: change.open };
        }
      } finally {
        inbox.readers.delete(tell);
        signal.removeEventListener('abort', end);
        if (inbox.readers.size === 0) {
          inbox.stop.abort();
          inboxes.delete(tenant);
        }
      }
    },
  };
}

function keyOf(caseId: string, reviewId: string): string {
  return `${reviewId} ${caseId}`;
}
