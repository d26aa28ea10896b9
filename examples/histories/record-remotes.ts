import { mkdir } from 'node:fs/promises';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.ts';
import {
  askForParcel,
  openParcelCase,
  runHouses,
  type HousesOptions,
  type RunningHouses,
} from '../parcels/running-houses.ts';
import { shopTeam } from '../parcels/teams.ts';
import type { Keeper } from './keep.ts';

const DAY_MS = 86_400_000;

interface RemoteCase {
  readonly name: string;
  readonly title: string;
  readonly houses: HousesOptions;
  readonly play: (houses: RunningHouses, caseId: string) => Promise<unknown>;
}

const CASES: readonly RemoteCase[] = [
  {
    name: 'remote-task',
    title: 'A case waits by a timer for an agent elsewhere, over A2A, and gets its parcel back',
    houses: {},
    play: ({ baton }, caseId) => askForParcel(baton, caseId),
  },
  {
    name: 'remote-woken',
    title: 'An agent elsewhere calls when there is news, long before the case would have looked',
    houses: {
      push: true,
      shop: (at) => shopTeam(at, { pauses: { firstMs: DAY_MS, longestMs: DAY_MS } }),
    },
    play: ({ baton }, caseId) => askForParcel(baton, caseId),
  },
  {
    name: 'remote-ended',
    title: 'A task elsewhere that nobody can take back is ended there once the other side is back, and kept',
    houses: { shop: (at) => shopTeam(at, { effects: 'irreversible' }) },
    play: endLate,
  },
];

/** Names of the cases that {@link recordRemotes} keeps. */
export function remoteNames(): readonly string[] {
  return CASES.map(({ name }) => name);
}

/** Plays handovers to an agent of another house, and keeps the histories of the cases that wait for it. */
export async function recordRemotes(folder: string, keeper: Keeper): Promise<void> {
  await mkdir(folder, { recursive: true });
  const server = await startTemporalServer({ headless: true });
  for (const one of CASES) if (!keeper.has(one.name)) await record(server, folder, keeper, one);
  await server.stop();
}

async function record(
  server: TemporalServer,
  folder: string,
  keeper: Keeper,
  { name, title, houses: options, play }: RemoteCase,
): Promise<void> {
  const houses = await runHouses(server, folder, options);
  await play(houses, name);
  await keeper.keep(houses.baton, name, title);
  await houses.close();
}

/** The case is cancelled while the carrier is out of reach: somebody has its task ended later. */
async function endLate({ baton, shut, open }: RunningHouses, caseId: string): Promise<void> {
  await openParcelCase(baton, caseId);
  for await (const change of baton.followReviews()) {
    if (change.kind !== 'opened') continue;
    const { caseId: of, review } = change.open;
    if (review.pool === 'depot') break;
    await baton.decide(of, {
      ...{ reviewId: review.id, digest: review.digest, decision: 'approve', by: 'ben', reason: 'they may' },
    });
  }
  await shut();
  await baton.cancel(caseId);
  const isParked = async (): Promise<boolean> => (await baton.status(caseId)).stage === 'parked';
  if (!(await until(isParked, { limitMs: 120_000 }))) throw new Error(`${caseId} has no dead letter`);
  await open();
  await baton.redrive(caseId, { deadLetterId: 'd1', by: 'ben', reason: 'the carrier is back' });
  await baton.result(caseId, { signal: AbortSignal.timeout(60_000) });
}
