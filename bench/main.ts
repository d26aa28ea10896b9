/**
 * `npm run bench`: what a handoff costs with Baton and written by hand, on the same server, in one run.
 * `--json` prints one object a line, `--quick` measures less, `--profile DIR` keeps CPU profiles of the workers,
 * `--stores` times the stores instead, `--security` encryption, signatures and proofs, `--techniques` the ways in which
 * context crosses an edge, `--http` how many requests the HTTP service answers, and how soon a review is in a person's
 * inbox, `--models` what models cost beside the bare library, and how much history a long case of them leaves.
 */
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import {
  ensureTemporalServer,
  startTemporalServer,
  type TemporalServer,
} from '../scripts/temporal-server.ts';
import { measureCachedMemory } from './cached-memory.ts';
import { isOtherDeskInstalled, measureDesk } from './desk-cpu.ts';
import { measureInbox } from './inbox-times.ts';
import { measureLongCase } from './long-case.ts';
import { measureModelCalls } from './model-times.ts';
import { measureLoad } from './http-load.ts';
import { measureHandoffs, measureSlowAcknowledgements, warmUp, type Effort } from './handoff-cost.ts';
import { tableOf, type Metric } from './report.ts';
import { measureProofs } from './proof-times.ts';
import { measureSecurity } from './security-times.ts';
import { measureStores, storeTable } from './store-times.ts';
import { measureTechniques } from './technique-times.ts';
import { startWorker } from './worker-handle.ts';

/** How much a run measures: at one case at a time batches of one, so that both sides alternate all the time. */
interface Plan {
  readonly efforts: readonly Effort[];
  readonly slowCases: number;
  readonly cachedCases: number;
  readonly untuned: Effort;
}

const whole: Plan = {
  efforts: [
    { concurrency: 1, rounds: 7, limitMs: 60_000, batches: 12, cases: 1 },
    { concurrency: 20, rounds: 5, limitMs: 90_000, batches: 1, cases: 60 },
  ],
  slowCases: 6,
  cachedCases: 60,
  untuned: { concurrency: 1, rounds: 1, limitMs: 30_000, batches: 6, cases: 1 },
};
const quick: Plan = {
  efforts: [
    { concurrency: 1, rounds: 3, limitMs: 30_000, batches: 8, cases: 1 },
    { concurrency: 20, rounds: 2, limitMs: 30_000, batches: 1, cases: 40 },
  ],
  slowCases: 3,
  cachedCases: 30,
  untuned: { concurrency: 1, rounds: 1, limitMs: 30_000, batches: 3, cases: 1 },
};

function progress(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

/** Opens a client for as long as the work on a server takes, and stops the server after it. */
async function withServer<Answer>(
  server: TemporalServer,
  work: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  try {
    const connection = await Connection.connect({ address: server.address });
    try {
      return await work(new Client({ connection, namespace: server.namespace }));
    } finally {
      await connection.close();
    }
  } finally {
    await server.stop();
  }
}

/** Both sides' workers for as long as the measuring takes. */
async function measure(
  server: TemporalServer,
  client: Client,
  options: {
    readonly efforts: readonly Effort[];
    readonly slowCases: number;
    readonly warm: number;
    readonly profileFolder?: string;
  },
): Promise<readonly Metric[]> {
  const { address, namespace } = server;
  const start = (side: 'baton' | 'raw'): ReturnType<typeof startWorker> =>
    startWorker({ side, address, namespace }, options);
  const baton = await start('baton');
  try {
    const raw = await start('raw');
    try {
      const rooms = { client, workers: { baton, raw }, progress };
      const filler = await warmUp(rooms, options.warm);
      progress(`raw turns carry ${String(filler.input)} bytes more in and ${String(filler.output)} more out`);
      const arena = { ...rooms, filler };
      const metrics: Metric[] = [];
      for (const effort of options.efforts) metrics.push(...(await measureHandoffs(arena, effort)));
      if (options.slowCases > 0) metrics.push(await measureSlowAcknowledgements(arena, options.slowCases));
      return metrics;
    } finally {
      await raw.stop();
    }
  } finally {
    await baton.stop();
  }
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    stores: { type: 'boolean', default: false },
    security: { type: 'boolean', default: false },
    techniques: { type: 'boolean', default: false },
    http: { type: 'boolean', default: false },
    models: { type: 'boolean', default: false },
  },
});
const plan = values.quick ? quick : whole;
const profiling = values.profile === undefined ? {} : { profileFolder: values.profile };
const started = Date.now();

/** Both sides on a tuned server, then on one with its own defaults. */
async function measureHandingOver(): Promise<readonly Metric[]> {
  const tuned = await ensureTemporalServer({ headless: true });
  const metrics: Metric[] = await withServer(tuned, async (client) => [
    ...(await measure(tuned, client, {
      ...plan,
      // Code is compiled for speed after a thousand calls or so.
      warm: 120,
      ...profiling,
    })),
    await measureCachedMemory(
      { client, address: tuned.address, namespace: tuned.namespace, progress },
      plan.cachedCases,
    ),
  ]);

  progress('the same on a server with its own defaults');
  const untuned = await startTemporalServer({ headless: true, tuned: false });
  const untunedMetrics = await withServer(untuned, (client) =>
    measure(untuned, client, { efforts: [plan.untuned], slowCases: 0, warm: 2 }),
  );
  for (const one of untunedMetrics) {
    if (/^(handoff|ack|case)_ms/.test(one.metric)) metrics.push({ ...one, metric: `${one.metric}_untuned` });
  }
  return metrics;
}

/** Requests over HTTP, and how soon a review is in an inbox, with one at a time and with twenty. */
async function measureHttp(cases: number, seconds: number): Promise<readonly Metric[]> {
  const server = await ensureTemporalServer({ headless: true });
  return withServer(server, async (client) => {
    const { address, namespace } = server;
    const worker = await startWorker({ side: 'baton', address, namespace, team: 'inbox' });
    const raw = await startWorker({ side: 'raw', address, namespace });
    try {
      const efforts = [1, 20].map((concurrency) => ({ concurrency, cases }));
      const load = await measureLoad({ client, address, progress }, seconds);
      return [...load, ...(await measureInbox({ client, address, progress }, efforts))];
    } finally {
      await worker.stop();
      await raw.stop();
    }
  });
}

/** Encryption and signatures, and the check of a proof in the workflow sandbox. */
async function measureSecrets(rounds: number): Promise<readonly Metric[]> {
  return [...(await measureSecurity(rounds)), ...(await measureProofs(rounds))];
}

/** What a call of a model costs, and what a hundred of them leave. */
async function measureModels(calls: number): Promise<readonly Metric[]> {
  const times = [...(await measureModelCalls(calls))];
  progress('a case of 100 calls of models, 20 handoffs and 100 calls of tools');
  const server = await ensureTemporalServer({ headless: true });
  try {
    const plan = { modelCalls: 100, handoffs: 20, toolCalls: 100, resultBytes: 4_096 };
    times.push(...(await measureLongCase(server, plan)));
  } finally {
    await server.stop();
  }
  return [...times, ...(await measureDesks(Math.ceil(calls / 20)))];
}

/** The support desk beside the same conversation with `@temporalio/openai-agents`, where that is installed. */
async function measureDesks(cases: number): Promise<readonly Metric[]> {
  if (!isOtherDeskInstalled()) {
    progress('the desk with @temporalio/openai-agents is left out; npm ci --prefix bench/openai-agents');
    return [];
  }
  const server = await ensureTemporalServer({ headless: true });
  const { address, namespace } = server;
  return withServer(server, (client) => measureDesk({ client, address, namespace }, cases, profiling));
}

/** Prints rows as objects or as a table. */
function print<Row>(rows: readonly Row[], table: (rows: readonly Row[]) => string): void {
  progress(`done in ${((Date.now() - started) / 1_000).toFixed(0)} s`);
  process.stdout.write(
    values.json ? rows.map((one) => `${JSON.stringify(one)}\n`).join('') : `${table(rows)}\n`,
  );
}

if (values.security) print(await measureSecrets(values.quick ? 300 : 2_000), tableOf);
else if (values.techniques) print(await measureTechniques(values.quick ? 50 : 300), tableOf);
else if (values.models) print(await measureModels(values.quick ? 100 : 400), tableOf);
else if (values.http) print(await measureHttp(values.quick ? 60 : 200, values.quick ? 5 : 20), tableOf);
else if (values.stores) print(await measureStores(values.quick ? 50 : 200, progress), storeTable);
else print(await measureHandingOver(), tableOf);
