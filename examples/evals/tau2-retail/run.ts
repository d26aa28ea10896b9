import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { connectBaton } from '../../../client/index.ts';
import type { BatonClient } from '../../../client/index.ts';
import type { OwnedTemporalServer, TemporalServer } from '../../../scripts/temporal-server.ts';
import { ensureTemporalServer, startTemporalServer } from '../../../scripts/temporal-server.ts';
import { workflowBundleOptions } from '../../../workers/workflow-bundle.ts';
import type { Script } from '../../retail/script.ts';
import { playScripted } from '../../retail/scripted-specialist.ts';
import { retailTeam } from '../../retail/team.ts';
import type { TaskFaults } from './fault-plan.ts';
import { planServerKills, planTaskFaults } from './fault-plan.ts';
import type { Folder, Task } from './folder.ts';
import { readFolder, selectTasks } from './folder.ts';
import { createObservations } from './observations.ts';
import type { EvalOptions } from './options.ts';
import type { Bell } from './patience.ts';
import { createBell } from './patience.ts';
import { playTask } from './play-task.ts';
import type { TaskReport } from './report.ts';
import { scriptOf } from './script.ts';
import type { FromWorker } from './worker-messages.ts';
import { caseIdOf } from './worker-messages.ts';
import { startWorkers } from './worker-pool.ts';

/** How long a task may take, in milliseconds; longer where workers and servers die. */
const LIMIT_MS = 120_000;
const FAULTY_LIMIT_MS = 300_000;

/** A task on its way. */
interface Part {
  readonly task: Task;
  readonly script: Script;
  readonly faults: TaskFaults;
  readonly caseId: string;
  readonly bell: Bell;
  /** Turns and visits to the shop so far. */
  moments: number;
}

/** What a run came to. */
export interface RunResult {
  readonly reports: readonly TaskReport[];
  /** Faults that really happened. */
  readonly happened: {
    readonly workersKilled: number;
    readonly serverKilled: number;
    readonly cancelled: number;
  };
}

/**
 * Runs tasks of a folder, each as one case on a shop of its own.
 * @param onReport told of each task as it ends
 * @param signal gives the run up; what it started is ended
 */
export async function runEval(
  options: EvalOptions,
  onReport: (report: TaskReport) => void,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<RunResult> {
  const data = await readFolder(options.data);
  const parts = await prepare(options, data, `tau2-retail-${randomUUID().slice(0, 8)}`);
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-eval-'));
  await mkdir(path.join(folder, 'shops'));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const server = await startServer(options, progress);
    undo.push(() => server.stop());
    progress(`Temporal server at ${server.address}; bundling workflows and starting workers`);
    const logger = new DefaultLogger('ERROR');
    const { code } = await bundleWorkflowCode({ ...workflowBundleOptions(), logger });
    await writeFile(path.join(folder, 'workflows.js'), code);
    const client = await connectBaton({ address: server.address, namespace: server.namespace });
    undo.push(() => client.close());
    return await playAll({ options, data, parts, folder, server, client, onReport, progress, signal, undo });
  } finally {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
  }
}

async function prepare(options: EvalOptions, data: Folder, run: string): Promise<readonly Part[]> {
  const tasks = selectTasks(data, options.tasks);
  return Promise.all(
    tasks.map(async (task, index) => {
      const script = await scriptOf(task, data.database);
      const faults = planTaskFaults(options.faults, options.seed, script, index === 0);
      return { task, script, faults, caseId: caseIdOf(run, task.id), bell: createBell(), moments: 0 };
    }),
  );
}

/** A server of our own where it is to be killed; else the one that the environment names, else our own. */
function startServer(
  options: EvalOptions,
  progress: (line: string) => void,
): Promise<TemporalServer | OwnedTemporalServer> {
  const how = { headless: true, progress };
  return options.faults.includes('F03') ? startTemporalServer(how) : ensureTemporalServer(how);
}

interface Stage {
  readonly options: EvalOptions;
  readonly data: Folder;
  readonly parts: readonly Part[];
  readonly folder: string;
  readonly server: TemporalServer | OwnedTemporalServer;
  readonly client: BatonClient;
  readonly onReport: (report: TaskReport) => void;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
  /** How to end what was started, in order of starting. */
  readonly undo: (() => Promise<void>)[];
}

async function playAll(stage: Stage): Promise<RunResult> {
  const { options, parts, server, client, progress } = stage;
  const { manifest } = retailTeam({
    store: () => Promise.reject(new Error('no shop here')),
    run: (specialist, turn) => playScripted(() => undefined, specialist, turn),
  });
  const observations = createObservations(manifest);
  const byCase = new Map(parts.map((part) => [part.caseId, part]));
  const kills = planServerKills(
    options.faults,
    options.seed,
    parts.map((part) => part.script),
  );
  let committed = 0;
  let serverKilled = 0;
  let cancelled = 0;
  let restarting: Promise<void> = Promise.resolve();

  const onMoment = async (part: Part): Promise<void> => {
    part.moments += 1;
    if (part.moments !== part.faults.cancelAt) return;
    cancelled += 1;
    await client.cancel(part.caseId).catch(() => undefined);
  };
  const onCommitted = (): void => {
    committed += 1;
    if (!kills.includes(committed) || !('kill' in server)) return;
    serverKilled += 1;
    progress(`killing the server after effect ${committed}`);
    restarting = restarting.then(() => server.kill()).then(() => server.restart());
    restarting.catch((thrown: unknown) => gone.abort(thrown));
  };
  const onMessage = async (message: FromWorker): Promise<void> => {
    if (message.kind === 'ready') return;
    const part = byCase.get(message.caseId);
    if (!part) return;
    switch (message.kind) {
      case 'turn':
        observations.add(message);
        if (message.intent !== 'call' && message.intent !== 'transfer') part.bell.ring();
        if (options.faults.length > 0) await onMoment(part);
        return;
      case 'visit':
        if (message.committed && message.moment === 'after') onCommitted();
        await onMoment(part);
        return;
      case 'dying':
        progress(`a worker dies in the hands of task ${part.task.id}`);
        return;
    }
  };

  const gone = new AbortController();
  const { address, namespace } = server;
  const pool = await startWorkers(
    {
      address,
      namespace,
      data: path.resolve(options.data),
      tasks: parts.map((part) => part.task.id),
      folder: stage.folder,
      run: (parts[0]?.caseId ?? '').slice(0, -1 - (parts[0]?.task.id.length ?? 0)),
      faults: options.faults,
      seed: options.seed,
    },
    onMessage,
    (why) => gone.abort(why),
  );
  stage.undo.push(() => pool.stop());
  const signal = AbortSignal.any([stage.signal, gone.signal]);

  const reports: TaskReport[] = [];
  const waiting = [...parts];
  const limitMs = options.faults.length > 0 ? FAULTY_LIMIT_MS : LIMIT_MS;
  const playNext = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      signal.throwIfAborted();
      const { task, script, faults, caseId, bell } = part;
      const common = { client, data: stage.data, folder: stage.folder, abortAfter: options.abortAfter };
      const report = await playTask({ ...common, task, script, faults, caseId, limitMs, bell, observations });
      pool.forget(caseId);
      reports.push(report);
      stage.onReport(report);
    }
  };
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  await Promise.race([Promise.all(Array.from({ length: options.concurrency }, playNext)), aborted]);
  await restarting;
  return { reports, happened: { workersKilled: pool.kills(), serverKilled, cancelled } };
}
