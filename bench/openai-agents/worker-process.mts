/** Entry point of the worker process of the bench: the desk with `@temporalio/openai-agents`, and nothing else. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { setTracingDisabled } from '@openai/agents-core';
import { OpenAIProvider } from '@openai/agents-openai';
import { OpenAIAgentsPlugin } from '@temporalio/openai-agents';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import OpenAI from 'openai';
import type { Tool } from '../../activities/index.ts';
import { billingRole } from '../../examples/support/agents/billing.ts';
import { technicalRole } from '../../examples/support/agents/technical.ts';
import { triageRole } from '../../examples/support/agents/triage.ts';
import { seedRecords } from '../../examples/support/seed.ts';
import { openRecordStore } from '../../stores/open-stores.ts';
import type { Asked, WorkerAnswer, WorkerOrder } from '../worker-orders.ts';

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
Runtime.install({ logger: new DefaultLogger('ERROR') });
// Baton's side writes no spans either.
setTracingDisabled(true);
const records = await openRecordStore(`file:${order.folder}/records.db`);

/** A tool of the desk as an activity: the same change of the same records, under a key of its own. */
function activityOf(tool: Tool): (input: unknown) => Promise<unknown> {
  return async (input) => {
    const answer = await tool.run({
      input,
      key: randomUUID(),
      inputDigest: '',
      fence: { epoch: 1, attempt: 1 },
      trace: '',
      caseId: '',
      signal: new AbortController().signal,
    });
    return answer.kind === 'done' ? answer.result : answer.message;
  };
}

const tools = [triageRole, billingRole, technicalRole].flatMap((role) => role(records).tools ?? []);
const { baseUrl: baseURL, apiKey } = order.vendors?.['openai'] ?? {};
const openAIClient = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const connection = await NativeConnection.connect({ address: order.address });
const worker = await Worker.create({
  connection,
  namespace: order.namespace,
  taskQueue: 'openai-agents',
  workflowsPath: fileURLToPath(new URL('workflows.mjs', import.meta.url)),
  // The agents' package loads parts of itself when they are asked for, and a sandbox loads nothing.
  bundlerOptions: {
    webpackConfigHook: (config) => ({
      ...config,
      module: { ...config.module, parser: { javascript: { dynamicImportMode: 'eager' } } },
    }),
  },
  activities: Object.fromEntries(tools.map((tool) => [tool.name, activityOf(tool)])),
  plugins: [
    new OpenAIAgentsPlugin({
      modelProvider: new OpenAIProvider({ openAIClient } as never),
      modelParams: { startToCloseTimeout: '30s' },
    }),
  ],
});

function tell(answer: WorkerAnswer): void {
  process.send?.(answer);
}

process.on('message', ({ id, question }: Asked) => {
  void (async () => {
    if (question === 'seed') await records.load(seedRecords());
    const { user, system } = process.cpuUsage();
    tell({ kind: 'figure', id, figure: (user + system) / 1_000 });
  })();
});
process.once('disconnect', () => {
  worker.shutdown();
});
const running = worker.run();
tell({ kind: 'ready' });
await running;
await connection.close();
await records.close();
process.exit();
