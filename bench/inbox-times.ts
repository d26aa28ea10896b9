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
import { createArrivals, type Inbox } from './arrivals.ts';
import { rawInput } from './desk.ts';
import { watchRawReviews } from './raw/inbox.ts';
import { RAW_QUEUE } from './raw/workers.ts';
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

/** What the figures are taken on: a server with a worker of the team `unsure-desk`, and one of the raw side. */
interface Rooms {
  readonly client: Client;
  readonly address: string;
  readonly progress: (line: string) => void;
}

/** The figures of both sides in turn; only the inbox that is measured looks for reviews. */
export async function measureInbox(
  rooms: Rooms,
  efforts: readonly InboxEffort[],
): Promise<readonly Metric[]> {
  const metrics: Metric[] = [];
  const sides = {
    baton: await openService(rooms),
    raw: {
      subscribe: (signal: AbortSignal) => watchRawReviews(rooms.client, signal),
      open: { type: 'rawReview', taskQueue: RAW_QUEUE, args: [rawInput({ handoffs: 0, ending: 'wait' })] },
      close: () => Promise.resolve(),
    },
  };
  try {
    const play = (side: 'baton' | 'raw', effort: InboxEffort): Promise<readonly number[]> =>
      playCases(rooms.client, sides[side], effort);
    for (const side of ['baton', 'raw'] as const) await play(side, { concurrency: 5, cases: 20 });
    for (const effort of efforts) {
      const times = { baton: await play('baton', effort), raw: await play('raw', effort) };
      for (const [name, share] of [
        ['inbox_ms_p50', 0.5],
        ['inbox_ms_p98', 0.98],
      ] as const) {
        const [baton, raw] = [percentile(times.baton, share), percentile(times.raw, share)];
        metrics.push(metric(name, effort.concurrency, { baton, raw, unit: 'ms' }));
        rooms.progress(
          `${name}, ${String(effort.concurrency)} at once: ${baton.toFixed(0)} ms; raw ${raw.toFixed(0)} ms`,
        );
      }
    }
    return metrics;
  } finally {
    await sides.baton.close();
  }
}

/** One side's inbox, and how its cases begin. */
interface InboxSide {
  readonly subscribe: (signal: AbortSignal) => Inbox;
  readonly open: { readonly type: string; readonly taskQueue: string; readonly args: readonly unknown[] };
  readonly close: () => Promise<void>;
}

async function openService({ client, address }: Rooms): Promise<InboxSide> {
  const key = randomBytes(16).toString('hex');
  const keySha256 = createHash('sha256').update(key).digest('hex');
  const keys = [{ name: 'ana', roles: ['staff'], keySha256 }];
  const service = await createService({
    baton: createBatonClient({ client, address }),
    access: parseServiceAccess(JSON.stringify({ version: '1.0.0', keys })),
  });
  const url = await service.listen({ host: '127.0.0.1', port: 0 });
  return {
    subscribe: (signal) => subscribe(`${url}/reviews/events?pool=${INBOX_POOL}`, key, signal),
    open: { type: CASE_WORKFLOW, taskQueue: CASE_QUEUE, args: [opening] },
    close: () => service.close(),
  };
}

function subscribe(url: string, key: string, signal: AbortSignal): Inbox {
  const arrivals = createArrivals();
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
        if (caseId !== undefined) arrivals.came(caseId, at);
      }
    }
  };
  const failed = read().then(() => {
    throw new Error('the inbox ended');
  });
  failed.catch(() => undefined);
  return (caseId) => Promise.race([arrivals.of(caseId), failed]);
}

async function playCases(
  client: Client,
  { subscribe: watch, open }: InboxSide,
  effort: InboxEffort,
): Promise<readonly number[]> {
  const times: number[] = [];
  const gone = new AbortController();
  const inbox = watch(gone.signal);
  let left = effort.cases;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const workflowId = `bench-inbox-${randomUUID()}`;
      const { type, taskQueue, args } = open;
      const options = { workflowId, taskQueue, workflowTaskTimeout: '2 seconds', args: [...args] } as const;
      const handle = await client.workflow.start(type, options);
      const at = await inbox(workflowId);
      times.push(at - (await turnedAt(handle)));
      await handle.terminate('measured');
    }
  };
  try {
    await Promise.all(Array.from({ length: effort.concurrency }, lane));
  } finally {
    gone.abort();
  }
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
