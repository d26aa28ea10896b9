import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { serviceTeams } from '../../services/team.ts';
import { planFaults } from '../fault-plan.ts';
import type { CasePart, RunResult } from '../run-cases.ts';
import { runCases } from '../run-cases.ts';
import type { WorkerOrder } from '../worker-messages.ts';
import { caseIdOf } from '../worker-messages.ts';
import { selectDialogues } from './folder.ts';
import { createServiceObservations } from './observations.ts';
import type { SgdOptions } from './options.ts';
import { planFolder } from './plan.ts';
import { playDialogue } from './play-dialogue.ts';
import type { DialogueReport } from './report.ts';
import type { Travelled } from './routes.ts';
import { createIsSame } from './same-value.ts';
import { plannable } from './script.ts';

/** What a worker process of this eval is told. */
export interface SgdOrder extends WorkerOrder {
  readonly skew?: string;
}

function nothing(): Promise<never> {
  return Promise.reject(new Error('services run in the workers'));
}

/** A dialogue on its way. */
interface Part extends CasePart {
  readonly travelled: Travelled;
}

/**
 * Runs dialogues of a folder, each as one case on a store of its own.
 * @param onReport told of each dialogue as it ends
 * @param signal gives the run up; what it started is ended
 */
export async function runSgd(
  options: SgdOptions,
  onReport: (report: DialogueReport) => void,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<RunResult<DialogueReport>> {
  const { data, skew } = options;
  const { folder, services, travelled, routes, vocabulary } = await planFolder(data, skew);
  // A team that cannot be built is told here, once, and not by workers that die of it.
  serviceTeams({ services, routes, vocabulary, store: nothing, run: nothing });
  const run = `sgd-${randomUUID().slice(0, 8)}`;
  const wanted = new Set(selectDialogues(folder, options.dialogues).map((dialogue) => dialogue.id));
  const parts = travelled
    .filter(({ dialogue }) => wanted.has(dialogue.id))
    .map((one, index): Part => {
      const { id } = one.dialogue;
      const script = plannable(one.dialogue);
      const faults = planFaults(options.faults, options.seed, script, index === 0);
      return { id, caseId: caseIdOf(run, id), script, faults, travelled: one };
    });
  const observations = createServiceObservations();
  const isSame = createIsSame(folder.dialogues);
  return runCases({
    run,
    data,
    faults: options.faults,
    seed: options.seed,
    concurrency: options.concurrency,
    program: path.join(import.meta.dirname, `worker-process${path.extname(import.meta.filename)}`),
    // Workers start in this process's folder, so a relative path means the same there.
    order: skew === undefined ? {} : { skew },
    parts,
    play: ({ travelled: one, faults, caseId }, stage) =>
      playDialogue({ ...stage, travelled: one, routes, vocabulary, isSame, caseId, faults, observations }),
    onTurn: observations.add,
    onReport,
    progress,
    signal,
  });
}
