import path from 'node:path';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import type { Keeper } from './keep.ts';
import { needsTeam } from './needs-team.ts';

/** What users say while they are waited for, one after the other; with `ann`, she settles it in the end. */
const CASES = [
  {
    name: 'clarified-first',
    title: 'What a receiver needs is asked for before it works, and how it went once it is over',
    says: ['O-17', 'late', 'to A-4, please'],
    byAnn: false,
  },
  {
    name: 'asked-in-vain',
    title: 'What is asked for in vain comes to people, with what was told',
    says: ['O-18', 'no idea', 'I said so'],
    byAnn: true,
  },
] as const;

/** Names of the cases that {@link recordNeeds} keeps. */
export function needsNames(): readonly string[] {
  return CASES.map(({ name }) => name);
}

/** Plays cases of users who are asked for what is missing, and asked how it went, and keeps their histories. */
export async function recordNeeds(folder: string, keeper: Keeper): Promise<void> {
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const place = path.join(folder, 'needs.db');
  const ledger = await openLedgerStore(place);
  const manifests = await openManifestStore(place);
  const workers = await createWorkers({
    ...{ connection, namespace, teams: [needsTeam()], ledger, manifests, graceMs: 500 },
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  for (const one of CASES.filter(({ name }) => !keeper.has(name))) {
    await play(baton, one);
    await keeper.keep(baton, one.name, one.title);
  }
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests].map((one) => one.close()));
  await server.stop();
}

async function play(baton: BatonClient, { name, says, byAnn }: (typeof CASES)[number]): Promise<void> {
  await baton.open(
    {
      team: needsTeam().name,
      task: { definition: 'A claim' },
      message: { id: 'word-0', text: 'मुझे अपने पैसे वापस चाहिए, कृपया मदद कीजिए' },
    },
    { caseId: name },
  );
  const waits = async (holds: () => Promise<boolean>): Promise<void> => {
    if (!(await until(holds, { limitMs: 60_000 }))) throw new Error(`${name} did not come to rest`);
  };
  const asked = async (): Promise<number> =>
    (await baton.transcript(name)).filter((one) => one.missing !== undefined).length;
  for (const [index, text] of says.entries()) {
    await waits(
      async () => (await asked()) === index + 1 && (await baton.status(name)).missing !== undefined,
    );
    await baton.say(name, { messageId: `word-${String(index + 1)}`, text });
  }
  if (byAnn) {
    await waits(async () => (await baton.status(name)).stage === 'human');
    await baton.claim(name, { by: 'ann' });
    await baton.resolve(name, { by: 'ann', outcome: 'called', note: 'settled by phone' });
  }
  await baton.result(name, { signal: AbortSignal.timeout(60_000) });
}
