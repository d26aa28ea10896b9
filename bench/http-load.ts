/** How many requests the HTTP service answers, and how soon: cases opened, spoken to, looked at and listed. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import type { Client } from '@temporalio/client';
import { createBatonClient } from '../client/index.ts';
import { createService, parseServiceAccess } from '../service/index.ts';
import { metric, type Metric } from './report.ts';

/** Cases that are open while status and messages are measured. */
const CASES = 50;
/** Requests before anything counts, of each kind. */
const WARM = 20;

type Request = autocannon.Request;

/** What is asked, `nth` counting from 0. */
type Asking = (nth: number) => {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
};

/**
 * Requests in a second and their times, over a server on which a worker serves the team `unsure-desk`, whose cases
 * wait for a person at once: what is measured are the doors, not what agents do.
 * @param seconds of each kind at each number of connections
 */
export async function measureLoad(
  { client, address, progress }: { client: Client; address: string; progress: (line: string) => void },
  seconds: number,
): Promise<readonly Metric[]> {
  const key = randomBytes(16).toString('hex');
  const keySha256 = createHash('sha256').update(key).digest('hex');
  const keys = [{ name: 'shop', roles: ['service'], keySha256 }];
  const service = await createService({
    baton: createBatonClient({ client, address }),
    access: parseServiceAccess(JSON.stringify({ version: '1.0.0', keys, requestsPerMinute: 1_000_000 })),
  });
  const url = await service.listen({ host: '127.0.0.1', port: 0 });
  const opened: string[] = [];
  const opening = (caseId: string): object => ({
    caseId,
    team: 'unsure-desk',
    task: { definition: 'Refund a duplicate charge' },
    message: { id: 'm1', text: 'I was charged twice this month. Please give me one of the two back.' },
  });
  const newId = (): string => {
    const caseId = `bench-http-${randomUUID()}`;
    opened.push(caseId);
    return caseId;
  };
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const fixed = Array.from({ length: CASES }, newId);
  const one = (nth: number): string => fixed[nth % CASES] ?? '';
  const kinds: Readonly<Record<string, Asking>> = {
    open: () => ({ method: 'POST', path: '/cases', body: opening(newId()) }),
    status: (nth) => ({ method: 'GET', path: `/cases/${one(nth)}` }),
    list: () => ({ method: 'GET', path: '/cases?limit=20' }),
    say: (nth) => ({
      method: 'POST',
      path: `/cases/${one(nth)}/messages`,
      body: { messageId: randomUUID(), text: 'Is there any news?' },
    }),
  };
  try {
    for (const caseId of fixed) {
      const answer = await fetch(`${url}/cases`, {
        method: 'POST',
        headers,
        body: JSON.stringify(opening(caseId)),
      });
      if (!answer.ok) throw new Error(`opening a case: ${String(answer.status)} ${await answer.text()}`);
    }
    const metrics: Metric[] = [];
    for (const [kind, asking] of Object.entries(kinds)) {
      await fire(url, headers, asking, { connections: 5, amount: WARM });
      for (const connections of [1, 20]) {
        const result = await fire(url, headers, asking, { connections, duration: seconds });
        const { latency, requests, errors, timeouts, non2xx } = result;
        const wrong = errors + timeouts + non2xx;
        progress(
          `${kind} by ${String(connections)}: ${requests.average.toFixed(0)} a second, ` +
            `P50 ${String(latency.p50)} ms, P99 ${String(latency.p99)} ms, ${String(wrong)} errors`,
        );
        const figures = [
          ['per_second', requests.average, '1/s'],
          ['ms_p50', latency.p50, 'ms'],
          ['ms_p97_5', latency.p97_5, 'ms'],
          ['ms_p99', latency.p99, 'ms'],
          ['errors', wrong, 'requests'],
        ] as const;
        for (const [name, baton, unit] of figures)
          metrics.push(metric(`http_${kind}_${name}`, connections, { baton, raw: null, unit }));
      }
    }
    return metrics;
  } finally {
    await service.close();
    for (const caseId of opened)
      await client.workflow
        .getHandle(caseId)
        .terminate('measured')
        .catch(() => undefined);
  }
}

async function fire(
  url: string,
  headers: Readonly<Record<string, string>>,
  asking: Asking,
  effort: { readonly connections: number; readonly duration?: number; readonly amount?: number },
): Promise<autocannon.Result> {
  let nth = 0;
  return autocannon({
    url,
    ...effort,
    headers,
    requests: [
      {
        // Made when it is sent: every message and every case is another one.
        setupRequest: (request: Request) => {
          const { method, path, body } = asking(nth);
          nth += 1;
          return { ...request, method, path, ...(body ? { body: JSON.stringify(body) } : {}) };
        },
      },
    ],
  });
}
