/**
 * A long case of agents with models: how much history a hundred calls of models leave, over all runs of the case, with
 * payloads encrypted.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { History } from '../client/index.ts';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import type { Agent } from '../activities/agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../activities/define-team.ts';
import { defineTool } from '../activities/define-tool.ts';
import { defineModelAgent } from '../activities/models/define-model-agent.ts';
import type { Model, ModelPart } from '../activities/models/model.ts';
import type { CaseInputWritten, CaseResult } from '../contract/case.ts';
import { defaultLimits } from '../contract/limits.ts';
import { CASE_QUEUE, CASE_WORKFLOW } from '../contract/queues.ts';
import { cipherOfEnvironment, codecOfEnvironment } from '../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../stores/index.ts';
import { createWorkers } from '../workers/create-workers.ts';
import { payloadConverterPath, workflowBundle } from '../workers/workflow-bundle.ts';
import { metric, type Metric } from './report.ts';

/** What is to happen in the case. */
export interface LongCase {
  readonly modelCalls: number;
  readonly handoffs: number;
  readonly toolCalls: number;
  readonly resultBytes: number;
}

/** What the case left, summed over its runs. */
interface Left {
  readonly bytes: number;
  readonly events: number;
  readonly runs: number;
}

const NAMES = ['left', 'right'] as const;

/** One answer of a model: so many look-ups, a transfer, or the end. */
type Said =
  | { readonly kind: 'looks'; readonly calls: number }
  | { readonly kind: 'hands-over' }
  | { readonly kind: 'ends' };

/**
 * What each agent's model says, in order: the case goes back and forth, with look-ups spread over the owners.
 * @throws RangeError for numbers that cannot be met
 */
export function scriptOf({
  modelCalls,
  handoffs,
  toolCalls,
}: LongCase): Readonly<Record<(typeof NAMES)[number], readonly Said[]>> {
  const looks = modelCalls - handoffs - 1;
  if (looks < 1 || toolCalls < looks) throw new RangeError('every look calls a tool, and there are looks');
  const script: Record<(typeof NAMES)[number], Said[]> = { left: [], right: [] };
  let done = 0;
  for (let stint = 0; stint <= handoffs; stint += 1) {
    const said = script[stint % 2 === 0 ? 'left' : 'right'];
    const until = Math.round((looks * (stint + 1)) / (handoffs + 1));
    for (; done < until; done += 1) {
      const calls = Math.floor((toolCalls * (done + 1)) / looks) - Math.floor((toolCalls * done) / looks);
      said.push({ kind: 'looks', calls });
    }
    said.push({ kind: stint === handoffs ? 'ends' : 'hands-over' });
  }
  return script;
}

function scriptedModel(name: string, to: string, script: readonly Said[]): Model {
  return {
    name: `bench:${name}`,
    call: ({ messages }) => {
      const place = messages.filter((one) => one.role === 'assistant').length;
      const said = script[place];
      if (!said) throw new RangeError(`${name} has no answer ${String(place + 1)}`);
      return Promise.resolve({
        parts: partsOf(said, `${name}-${String(place)}`, to),
        finish: 'calls',
        served: 'scripted',
        tokens: { input: 1_000, output: 50 },
      });
    },
  };
}

function partsOf(said: Said, id: string, to: string): readonly ModelPart[] {
  const call = (name: string, index: number, args: object): ModelPart => ({
    kind: 'call',
    id: `${id}-${String(index)}`,
    name,
    arguments: JSON.stringify(args),
  });
  switch (said.kind) {
    case 'looks':
      return Array.from({ length: said.calls }, (_, index) =>
        call('look-up', index, { query: `${id} ${String(index)}` }),
      );
    case 'hands-over':
      return [call(`transfer_to_${to}`, 0, { reason_code: id, explanation: 'They have the means to go on' })];
    case 'ends':
      return [call('finish', 0, { outcome: 'resolved', text: 'It is all settled.' })];
  }
}

function teamFor(plan: LongCase): Team {
  const script = scriptOf(plan);
  const lookUp = defineTool({
    name: 'look-up',
    description: 'Looks something up',
    input: z.object({ query: z.string() }),
    effect: 'read',
    run: ({ input }) =>
      Promise.resolve({ kind: 'done', result: { page: pageOf(input.query, plan.resultBytes) } }),
  });
  const [left, right] = NAMES.map((name, index): Agent => {
    const to = NAMES[1 - index] ?? name;
    return defineModelAgent({
      name,
      version: '1.0.0',
      domain: 'bench',
      scope: 'Looks things up and hands the case over',
      accepts: z.object({ order: z.string() }),
      tools: [lookUp],
      instructions: 'Look up what you need.',
      model: scriptedModel(name, to, script[name]),
    });
  });
  if (!left || !right) throw new RangeError('two agents');
  return defineTeam({
    name: 'bench-long',
    start: left,
    edges: [edge(left, right), edge(right, left), escalate(left, people('desk', { ana: { roles: [] } }))],
    limits: { ...defaultLimits(), hops: plan.handoffs + 1, turns: plan.modelCalls + 1 },
  });
}

/** A text without repetition, as pages are that nothing can make smaller. */
function pageOf(query: string, bytes: number): string {
  const rounds = Math.ceil(bytes / 43);
  return Array.from({ length: rounds }, (_, round) =>
    createHash('sha256')
      .update(`${query} ${String(round)}`)
      .digest('base64url'),
  )
    .join('')
    .slice(0, bytes);
}

/** Plays the case with workers in this process, and reads from the server what it left. */
export async function measureLongCase(
  server: { readonly address: string; readonly namespace: string },
  plan: LongCase,
): Promise<readonly Metric[]> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bench-'));
  const places = {
    BATON_LEDGER_URL: `file:${path.join(folder, 'baton.db')}`,
    BATON_CODEC_KEYS: JSON.stringify({
      version: '1.0.0',
      encryptWith: 'bench',
      keys: [{ id: 'bench', status: 'active', secret: randomBytes(32).toString('base64url') }],
    }),
  };
  const codec = codecOfEnvironment(places);
  if (!codec) throw new Error('the codec is off');
  const [ledger, manifests, context] = await Promise.all([
    openLedgerStore(places.BATON_LEDGER_URL),
    openManifestStore(places.BATON_LEDGER_URL),
    openContextAt(contextLocations(places), cipherOfEnvironment(places)),
  ]);
  const [connection, native] = await Promise.all([
    Connection.connect({ address: server.address }),
    NativeConnection.connect({ address: server.address }),
  ]);
  const { namespace } = server;
  const team = teamFor(plan);
  const workers = await createWorkers({
    connection: native,
    namespace,
    teams: [team],
    ledger,
    manifests,
    context,
    codec,
    bundle: await workflowBundle('encrypted'),
  });
  const running = workers.run();
  try {
    const client = new Client({
      connection,
      namespace,
      dataConverter: { payloadConverterPath: payloadConverterPath(), payloadCodecs: [codec] },
    });
    const left = await play(client, plan);
    const one = (name: string, figure: number, unit: string): Metric =>
      metric(name, 1, { baton: figure, raw: null, unit });
    const calls = String(plan.modelCalls);
    return [
      one(`history_kb_${calls}_calls`, left.bytes / 1_024, 'KiB'),
      one(`history_events_${calls}_calls`, left.events, 'events'),
      one(`runs_${calls}_calls`, left.runs, 'runs'),
    ];
  } finally {
    workers.stop();
    await running;
    await Promise.all([native.close(), connection.close()]);
    await Promise.all([ledger.close(), manifests.close(), context.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(client: Client, plan: LongCase): Promise<Left> {
  const workflowId = `bench-long-${randomUUID()}`;
  const opening: CaseInputWritten = {
    version: '1.0.0',
    team: 'bench-long',
    task: { definition: 'Settle an order' },
    facts: { order: 'A1' },
    message: { id: 'm1', text: 'Please settle my order A1.' },
  };
  const handle = await client.workflow.start<(input: CaseInputWritten) => Promise<CaseResult>>(
    CASE_WORKFLOW,
    {
      workflowId,
      taskQueue: CASE_QUEUE,
      args: [opening],
    },
  );
  const result = await handle.result();
  const { outcome, path: owners } = result;
  if (outcome.kind !== 'finished' || owners.length !== plan.handoffs + 1)
    throw new Error(`the case took another way: ${JSON.stringify({ outcome, owners: owners.length })}`);
  const left = { bytes: 0, events: 0, runs: 0 };
  for (let run: string | undefined = handle.firstExecutionRunId; run !== undefined;) {
    const one = client.workflow.getHandle(workflowId, run);
    const { historySize = 0, historyLength } = await one.describe();
    left.bytes += historySize;
    left.events += historyLength;
    left.runs += 1;
    run = nextRun(await one.fetchHistory());
  }
  return left;
}

function nextRun({ events }: History): string | undefined {
  const next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  return next === '' || next === null ? undefined : next;
}
