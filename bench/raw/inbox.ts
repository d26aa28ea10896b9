import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createArrivals, type Inbox } from '../arrivals.ts';
import { rawReviewQuery } from './desk-facts.ts';

const WAITING = `WorkflowType = 'rawReview' AND BatonStage = 'waiting-person' AND ExecutionStatus = 'Running'`;
/** As often as Baton's own inbox looks. */
const INTERVAL_MS = 50;

/** An inbox as one would write it by hand: visibility is asked for cases that wait, and each new one what it asks. */
export function watchRawReviews(client: Client, signal: AbortSignal): Inbox {
  const arrivals = createArrivals();
  const asked = new Set<string>();
  const ask = async (caseId: string): Promise<void> => {
    await client.workflow.getHandle(caseId).query(rawReviewQuery);
    arrivals.came(caseId, performance.timeOrigin + performance.now());
  };
  const look = async (): Promise<never> => {
    for (;;) {
      for await (const { workflowId } of client.workflow.list({ query: WAITING })) {
        if (asked.has(workflowId)) continue;
        asked.add(workflowId);
        // A case that has ended meanwhile is in nobody's inbox.
        ask(workflowId).catch(() => asked.delete(workflowId));
      }
      await delay(INTERVAL_MS, undefined, { signal });
    }
  };
  const failed = look();
  failed.catch(() => undefined);
  return (caseId) => Promise.race([arrivals.of(caseId), failed]);
}
