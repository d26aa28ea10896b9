import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { playScripted } from '../../retail/scripted-specialist.ts';
import type { Script } from '../../retail/script.ts';
import { retailTeam } from '../../retail/team.ts';
import { planFaults } from '../fault-plan.ts';
import type { CasePart, RunResult } from '../run-cases.ts';
import { runCases } from '../run-cases.ts';
import { caseIdOf } from '../worker-messages.ts';
import type { Folder, Task } from './folder.ts';
import { readFolder, selectTasks } from './folder.ts';
import { createObservations } from './observations.ts';
import type { EvalOptions } from './options.ts';
import { playTask } from './play-task.ts';
import type { TaskReport } from './report.ts';
import { plannable, scriptOf } from './script.ts';

/** A task on its way. */
interface Part extends CasePart {
  readonly task: Task;
  readonly played: Script;
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
): Promise<RunResult<TaskReport>> {
  const data = await readFolder(options.data);
  const run = `tau2-retail-${randomUUID().slice(0, 8)}`;
  const parts = await prepare(options, data, run);
  const { manifest } = retailTeam({
    store: () => Promise.reject(new Error('no shop here')),
    run: (specialist, turn) => playScripted(() => undefined, specialist, turn),
  });
  const observations = createObservations(manifest);
  return runCases({
    run,
    data: options.data,
    faults: options.faults,
    seed: options.seed,
    concurrency: options.concurrency,
    program: path.join(import.meta.dirname, `worker-process${path.extname(import.meta.filename)}`),
    parts,
    play: ({ task, played, faults, caseId }, stage) => {
      const { abortAfter } = options;
      return playTask({ ...stage, data, task, script: played, faults, caseId, abortAfter, observations });
    },
    onTurn: observations.add,
    onReport,
    progress,
    signal,
  });
}

async function prepare(options: EvalOptions, data: Folder, run: string): Promise<readonly Part[]> {
  const tasks = selectTasks(data, options.tasks);
  return Promise.all(
    tasks.map(async (task, index) => {
      const played = await scriptOf(task, data.database);
      const script = plannable(played);
      const faults = planFaults(options.faults, options.seed, script, index === 0);
      return { id: task.id, caseId: caseIdOf(run, task.id), task, played, script, faults };
    }),
  );
}
