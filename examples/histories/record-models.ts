import path from 'node:path';
import type { BatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import type { Keeper } from './keep.ts';
import { modelTeams, PRICES } from './models-team.ts';
import { runRememberingDesk } from './remembering-desk.ts';

const STOPPED = 'model-stopped';
const ASKED = 'models-asked';
const TITLES = {
  [STOPPED]: 'A model is stopped in the middle of its turn, and counted as the most it can have cost',
  [ASKED]: 'A model asks two others at once; one is enough, and the other is stopped and counted',
} as const;

/** Names of the cases that {@link recordModels} keeps. */
export function modelNames(): readonly (keyof typeof TITLES)[] {
  return [STOPPED, ASKED];
}

/** Plays cases that stop turns of models, and keeps their histories. */
export async function recordModels(folder: string, keeper: Keeper): Promise<void> {
  const { thinker, leads, thinks } = modelTeams();
  const { baton, close } = await runRememberingDesk(path.join(folder, 'models.db'), [thinker, leads], {
    models: { prices: PRICES },
  });
  for (const name of modelNames().filter((one) => !keeper.has(one))) {
    const team = name === STOPPED ? thinker : leads;
    await baton.open(
      { team: team.name, task: { definition: 'A question' }, message: { id: 'word-0', text: 'Is it so?' } },
      { caseId: name },
    );
    await thinks(team);
    if (name === STOPPED) await takeOver(baton, name);
    await baton.result(name, { signal: AbortSignal.timeout(60_000) });
    await keeper.keep(baton, name, TITLES[name]);
  }
  await close();
}

/** The user wants a human; what the model had begun is counted before she is done. */
async function takeOver(baton: BatonClient, caseId: string): Promise<void> {
  await baton.askForHuman(caseId);
  const isCounted = async (): Promise<boolean> => (await baton.show(caseId)).spend !== undefined;
  if (!(await until(isCounted, { limitMs: 60_000 }))) throw new Error(`nothing is counted in ${caseId}`);
  await baton.claim(caseId, { by: 'ann' });
  await baton.resolve(caseId, { by: 'ann', outcome: 'told', note: 'told by phone' });
}
