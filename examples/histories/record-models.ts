import path from 'node:path';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import type { Keeper } from './keep.ts';
import { modelTeams, PRICES } from './models-team.ts';

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
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const places = { BATON_LEDGER_URL: path.join(folder, 'models.db') };
  const ledger = await openLedgerStore(places.BATON_LEDGER_URL);
  const manifests = await openManifestStore(places.BATON_LEDGER_URL);
  const context = await openContextAt(contextLocations(places), cipherOfEnvironment({}));
  const { thinker, leads, thinks } = modelTeams();
  const teams = [thinker, leads];
  const models = { prices: PRICES };
  const workers = await createWorkers({
    ...{ connection, namespace, teams, ledger, manifests, context, models, graceMs: 500 },
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger, context });
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
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests, context].map((one) => one.close()));
  await server.stop();
}

/** The user wants a human; what the model had begun is counted before she is done. */
async function takeOver(baton: BatonClient, caseId: string): Promise<void> {
  await baton.askForHuman(caseId);
  const isCounted = async (): Promise<boolean> => (await baton.show(caseId)).spend !== undefined;
  if (!(await until(isCounted, { limitMs: 60_000 }))) throw new Error(`nothing is counted in ${caseId}`);
  await baton.claim(caseId, { by: 'ann' });
  await baton.resolve(caseId, { by: 'ann', outcome: 'told', note: 'told by phone' });
}
