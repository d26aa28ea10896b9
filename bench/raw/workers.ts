import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker, type NativeConnection } from '@temporalio/worker';
import { tunedWorkerOptions, type Workers } from '../../workers/create-workers.ts';
import { DESK_AGENTS } from '../desk.ts';
import type { RawActivities } from './desk-facts.ts';

/** Task queue of raw cases. */
export const RAW_QUEUE = 'raw';

/** The raw side's agents: they decide what Baton's decide. */
const activities: RawActivities = {
  turn: async ({ agent, facts, fill }) => {
    const filler = 'x'.repeat(fill);
    if (facts.thinkMs > 0) await setTimeout(facts.thinkMs);
    if (facts.hop >= facts.handoffs) return { to: null, facts, filler };
    const place = DESK_AGENTS.findIndex((name) => name === agent);
    const to = DESK_AGENTS[(place + 1) % DESK_AGENTS.length] ?? null;
    return { to, facts: { ...facts, hop: facts.hop + 1 }, filler };
  },
};

/** Workers of the raw side: as many queues as Baton's, each worker tuned in the same way. */
export async function createRawWorkers(options: {
  readonly connection: NativeConnection;
  readonly namespace: string;
}): Promise<Workers> {
  const queues = [RAW_QUEUE, ...DESK_AGENTS.map((name) => `raw-${name}`)];
  const workflowsPath = fileURLToPath(new URL('workflow.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        ...tunedWorkerOptions({}),
        ...options,
        taskQueue,
        activities,
        ...(taskQueue === RAW_QUEUE ? { workflowBundle } : {}),
      }),
    ),
  );
  return {
    queues,
    stop: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
    run: async () => {
      await Promise.all(workers.map((worker) => worker.run()));
    },
  };
}
