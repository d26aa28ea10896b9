import { Context } from '@temporalio/activity';
import proto from '@temporalio/proto';
import { WORKER_MS, type Load } from '../../contract/readiness.ts';

/** Reads the load of a task queue of activities; undefined where the server does not say. */
export type ReadLoad = (queue: string) => Promise<Load | undefined>;

/** For so long one observation serves all cases of a process: the server is asked once, however many offers go out. */
const SHARED_MS = 500;

/** How long the server has to answer, in milliseconds. */
const PATIENCE_MS = 1_000;

/** Reads load from the server that the activity at hand belongs to, with what was read a moment ago remembered. */
export function loadReader(): ReadLoad {
  const known = new Map<string, { readonly at: number; readonly load: Promise<Load | undefined> }>();
  return (queue) => {
    const now = Date.now();
    const last = known.get(queue);
    if (last && now - last.at < SHARED_MS) return last.load;
    const load = describe(queue).catch(() => undefined);
    known.set(queue, { at: now, load });
    return load;
  };
}

async function describe(queue: string): Promise<Load> {
  const { client } = Context.current();
  const { namespace } = client.options;
  const answer = await client.withDeadline(Date.now() + PATIENCE_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      reportStats: true,
    }),
  );
  const observed = Date.now();
  const { stats, pollers } = answer;
  const seenSince = observed - WORKER_MS;
  return {
    observedAt: new Date(observed).toISOString(),
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    backlogAgeMs: millisecondsOf(stats?.approximateBacklogAge),
    workers: pollers.filter(({ lastAccessTime }) => millisecondsOf(lastAccessTime) >= seenSince).length,
  };
}

function millisecondsOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return time ? Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000) : 0;
}
