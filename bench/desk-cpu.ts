/**
 * The support desk with models beside the same conversation with `@temporalio/openai-agents`: what a case costs the
 * worker. That package pins another SDK, so its side is a package of its own (`bench/openai-agents`).
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { CASE_QUEUE, CASE_WORKFLOW } from '../contract/queues.ts';
import type { CaseInputWritten, CaseResult } from '../contract/case.ts';
import { readConversation } from '../examples/support/conversation.ts';
import { DESK_MODELS } from '../examples/support/model-desk.ts';
import { answerOfModel } from '../examples/support/model-script.ts';
import { readScript, type ScriptedTurn } from '../examples/support/script.ts';
import { startVendorServer, type VendorRequest, type VendorStep } from '../testing/index.ts';
import { median } from './arithmetic.ts';
import { metric, type Metric } from './report.ts';
import { startWorker, type WorkerHandle } from './worker-handle.ts';

/** Three agents, two handoffs, nine calls of models, six of tools. */
const CONVERSATION = 'duplicate-charge';
const SIDES = ['baton', 'openai-agents'] as const;
type DeskSide = (typeof SIDES)[number];

/** Whether the other side is installed. */
export function isOtherDeskInstalled(): boolean {
  return existsSync(new URL('openai-agents/node_modules/@temporalio/openai-agents', import.meta.url));
}

/**
 * Plays so many cases of each side, one at a time and in turn; figures are medians.
 * @param profiling `profileFolder` takes CPU profiles of both sides' worker processes
 */
export async function measureDesk(
  { client, address, namespace }: { client: Client; address: string; namespace: string },
  cases: number,
  profiling: { readonly profileFolder?: string } = {},
): Promise<readonly Metric[]> {
  const script = await readScript(CONVERSATION);
  const { opens, task, customer } = await readConversation(CONVERSATION);
  const server = await startVendorServer({ answer: (request) => answerOf(script, request) });
  const started: WorkerHandle[] = [];
  const start = async (order: { side: DeskSide; team?: 'desk' }): Promise<WorkerHandle> => {
    const worker = await startWorker({ ...order, address, namespace, vendors: server.vendors }, profiling);
    started.push(worker);
    return worker;
  };
  try {
    const workers: Readonly<Record<DeskSide, WorkerHandle>> = {
      baton: await start({ side: 'baton', team: 'desk' }),
      'openai-agents': await start({ side: 'openai-agents' }),
    };
    const opening: CaseInputWritten = {
      version: '1.0.0',
      team: 'support-desk',
      task: { definition: task },
      message: { id: 'm1', text: opens },
      ...(customer ? { user: customer } : {}),
    };
    const play: Readonly<Record<DeskSide, () => Promise<{ readonly id: string; readonly ended: boolean }>>> =
      {
        baton: async () => {
          const id = `bench-desk-${randomUUID()}`;
          const options = { workflowId: id, taskQueue: CASE_QUEUE, args: [opening] } as const;
          const result = (await client.workflow.execute(CASE_WORKFLOW, {
            ...options,
            args: [opening],
          })) as CaseResult;
          return { id, ended: result.outcome.kind === 'finished' };
        },
        'openai-agents': async () => {
          const id = `bench-desk-${randomUUID()}`;
          const options = { workflowId: id, taskQueue: 'openai-agents', args: [opens] };
          const said = (await client.workflow.execute('deskWorkflow', options)) as string;
          return { id, ended: said.startsWith('Your line is up again') };
        },
      };
    const cpu: Readonly<Record<DeskSide, number[]>> = { baton: [], 'openai-agents': [] };
    const bytes: Readonly<Record<DeskSide, number[]>> = { baton: [], 'openai-agents': [] };
    const warm = Math.ceil(cases / 3);
    for (let round = 0; round < cases + warm; round += 1) {
      for (const side of round % 2 === 0 ? SIDES : [...SIDES].reverse()) {
        await workers[side].seed();
        const before = await workers[side].cpuMs();
        const { id, ended } = await play[side]();
        const spent = (await workers[side].cpuMs()) - before;
        if (!ended) throw new Error(`${side} took another way; see ${id}`);
        if (round < warm) continue;
        cpu[side].push(spent);
        bytes[side].push((await client.workflow.getHandle(id).describe()).historySize ?? 0);
      }
    }
    const both = (name: string, unit: string, of: Readonly<Record<DeskSide, number[]>>): Metric =>
      metric(name, 1, { baton: median(of.baton), raw: median(of['openai-agents']), unit });
    return [both('desk_worker_cpu_ms', 'ms', cpu), both('desk_history_bytes', 'bytes', bytes)];
  } finally {
    await Promise.all(started.map((worker) => worker.stop()));
    await server.close();
  }
}

/** The script as either side's models say it; models of the other side go by `sdk-` and their agent. */
function answerOf(script: readonly ScriptedTurn[], request: VendorRequest): VendorStep {
  const named = (agent: string): string =>
    String(DESK_MODELS[agent as keyof typeof DESK_MODELS].split(':')[1]);
  if (!request.model.startsWith('sdk-'))
    return answerOfModel(script, { ...request, model: named(request.model) });
  // All of its agents see one conversation, and the script has one order.
  const { messages } = request;
  const place = messages.filter(
    ({ role }, index) => role === 'assistant' && messages[index - 1]?.role !== 'assistant',
  ).length;
  const turn = script[place];
  if (!turn) throw new RangeError(`the script has no answer ${String(place + 1)}`);
  const step = answerOfModel([turn], {
    ...request,
    model: named(turn.agent),
    messages: messages.filter(({ role }) => role === 'tool'),
  });
  // It has no tool that ends a case: its last words do.
  const [end] = step.calls ?? [];
  if (end?.name !== 'finish') return step;
  return { text: String((end.arguments as { text?: string }).text) };
}
