/**
 * From a turn of low confidence to a person's inbox: the history time at which the turn completed, until a subscriber
 * of the pool has the review over HTTP.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { createBatonClient } from '../client/index.ts';
import type { CaseInputWritten } from '../contract/case.ts';
import { CASE_QUEUE, CASE_WORKFLOW } from '../contract/queues.ts';
import { createService, parseServiceAccess } from '../service/index.ts';
import { percentile } from './arithmetic.ts';
import { metric, type Metric } from './report.ts';
import { millisecondsOf } from './server-time.ts';
import { INBOX_POOL } from './unsure-team.ts';

const opening: CaseInputWritten = {
  version: '1.0.0',
  team: 'unsure-desk',
  task: { definition: 'Refund a duplicate charge' },
  message: { id: 'm1', text: 'I was charged twice this month. Please give me one of the two back.' },
};

/** How much is measured, at each concurrency. */
export interface InboxEffort {
  readonly concurrency: number;
  readonly cases: number;
}

/** The figures over a server on which a worker serves the team `unsure-desk`. */
export async function measureInbox(
  { client, address, progress }: { client: Client; address: string; progress: (line: string) => void },
  efforts: readonly InboxEffort[],
): Promise<readonly Metric[]> {
  const key = randomBytes(16).toString('hex');
  const keySha256 = createHash('sha256').update(key).digest('hex');
  const keys = [{ name: 'ana', roles: ['staff'], keySha256 }];
  const service = await createService({
    baton: createBatonClient({ client, address }),
    access: parseServiceAccess(JSON.stringify({ version: '1.0.0', keys })),
  });
  const url = await service.listen({ host: '127.0.0.1', port: 0 });
  const gone = new AbortController();
  try {
    const inbox = subscribe(`${url}/reviews/events?pool=${INBOX_POOL}`, key, gone.signal);
    const metrics: Metric[] = [];
    await playCases(client, inbox, { concurrency: 5, cases: 20 });
    for (const effort of efforts) {
      const times = await playCases(client, inbox, effort);
      const [p50, p98] = [percentile(times, 0.5), percentile(times, 0.98)];
      progress(`${String(effort.concurrency)} at once: ${p50.toFixed(0)} ms, and P98 ${p98.toFixed(0)} ms`);
      metrics.push(metric('inbox_ms_p50', effort.concurrency, { baton: p50, raw: null, unit: 'ms' }));
      metrics.push(metric('inbox_ms_p98', effort.concurrency, { baton: p98, raw: null, unit: 'ms' }));
    }
    return metrics;
  } finally {
    gone.abort();
    await service.close();
  }
}

/** Waits for the review of a case. @returns when the subscriber had it, in milliseconds since the epoch */
type Inbox = (caseId: string) => Promise<number>;

function subscribe(url: string, key: string, signal: AbortSignal): Inbox {
  const came = new Map<string, number>();
  const waiting = new Map<string, (at: number) => void>();
  const read = async (): Promise<void> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal });
    if (!answer.ok || !answer.body) throw new Error(`the inbox answers ${String(answer.status)}`);
    const decoder = new TextDecoder();
    let text = '';
    for await (const bytes of answer.body as unknown as AsyncIterable<Uint8Array>) {
      const at = performance.timeOrigin + performance.now();
      text += decoder.decode(bytes, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const caseId = /^event: review-opened\ndata: .*?"caseId":"([^"]+)"/m.exec(frame)?.[1];
        if (caseId === undefined) continue;
        came.set(caseId, at);
        waiting.get(caseId)?.(at);
      }
    }
  };
  const failed = read().then(() => {
    throw new Error('the inbox ended');
  });
  failed.catch(() => undefined);
  return (caseId) => {
    const at = came.get(caseId);
    if (at !== undefined) return Promise.resolve(at);
    const told = new Promise<number>((resolve) => {
      waiting.set(caseId, resolve);
    });
    return Promise.race([told, failed]);
  };
}

async function playCases(client: Client, inbox: Inbox, effort: InboxEffort): Promise<readonly number[]> {
  const times: number[] = [];
  let left = effort.cases;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const workflowId = `bench-inbox-${randomUUID()}`;
      const options = { workflowId, taskQueue: CASE_QUEUE, workflowTaskTimeout: '2 seconds' } as const;
      const handle = await client.workflow.start(CASE_WORKFLOW, { ...options, args: [opening] });
      const at = await inbox(workflowId);
      times.push(at - (await turnedAt(handle)));
      await handle.terminate('measured');
    }
  };
  await Promise.all(Array.from({ length: effort.concurrency }, lane));
  return times;
}

/** History time at which the case's first turn completed. */
async function turnedAt(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  const turn = events?.find((one) => one.activityTaskScheduledEventAttributes?.activityType?.name === 'turn');
  const ended = events?.find(
    ({ activityTaskCompletedEventAttributes: completed }) =>
      completed && String(completed.scheduledEventId) === String(turn?.eventId),
  );
  if (!ended) throw new Error('the turn has not ended, and its review is open');
  return millisecondsOf(ended.eventTime);
}
