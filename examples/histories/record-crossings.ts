import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import type { Say } from '../../contract/message-shapes.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { cipherOfEnvironment, createEnvelopeSeals } from '../../security/index.ts';
import {
  contextLocations,
  openContextAt,
  openLedgerStore,
  openManifestStore,
  openNonceStore,
} from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers, queuesOf } from '../../workers/create-workers.ts';
import { crossingTeam, LAW_POOL } from './crossing-team.ts';
import type { Keeper } from './keep.ts';

/** Cases whose handoffs use everything that an edge can do. */
const CROSSINGS = [
  {
    name: 'served-by-newer',
    title: 'Only a worker that is too old serves an offer, until a newer build is deployed',
    human: false,
  },
  {
    name: 'crossing-signed',
    title:
      'Signed handoffs with renamed, referenced and masked facts; voice and file turns; who speaks is disclosed, ' +
      'also when a human takes over and gives back',
    human: true,
  },
] as const;

const stored = {
  mediaType: 'audio/ogg',
  bytes: 48_211,
  digest: 'ab'.repeat(32),
  uri: 'https://files.example.com/recordings/1',
};
const SPOKEN = {
  kind: 'voice',
  text: 'என் பணம் எங்கே? என் எண் 9876543210',
  voice: { confidence: 0.93, durationMs: 4_200, audio: stored },
} as const;
const FILE = { ...stored, name: 'receipt of ann@example.com.pdf', mediaType: 'application/pdf' };

/** Names of the cases that {@link recordCrossings} keeps. */
export function crossingNames(): readonly string[] {
  return CROSSINGS.map(({ name }) => name);
}

/** Plays the crossings on a server of its own, and keeps their histories. */
export async function recordCrossings(folder: string, keeper: Keeper): Promise<void> {
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const places = { BATON_LEDGER_URL: path.join(folder, 'crossings.db') };
  const ledger = await openLedgerStore(places.BATON_LEDGER_URL);
  const manifests = await openManifestStore(places.BATON_LEDGER_URL);
  const nonces = await openNonceStore(places.BATON_LEDGER_URL);
  const context = await openContextAt(contextLocations(places), cipherOfEnvironment({}));
  const signing = { seals: createEnvelopeSeals(newRegistry()), nonces };
  const shared = { connection, namespace, ledger, manifests, context, signing, graceMs: 500 };
  const [older, newer] = [crossingTeam('1.0.0'), crossingTeam('1.1.0')];
  const law = `baton-${LAW_POOL}`;
  const start = async (
    team: typeof older,
    queues: readonly string[],
  ): Promise<{ readonly stop: () => Promise<void> }> => {
    const workers = await createWorkers({ ...shared, teams: [team], queues });
    const running = workers.run();
    return { stop: () => (workers.stop(), running) };
  };
  const others = await start(
    newer,
    queuesOf([newer]).filter((queue) => queue !== law),
  );
  const tooOld = await start(older, [law]);
  let upToDate: typeof tooOld | undefined;
  const baton = await connectBaton({ address, namespace, ledger });
  for (const { name, title, human } of CROSSINGS.filter((one) => !keeper.has(one.name))) {
    await play(baton, name, human, async () => {
      if (upToDate) return;
      await waits(() => hasWaited(baton, name));
      await tooOld.stop();
      upToDate = await start(newer, [law]);
    });
    await keeper.keep(baton, name, title);
  }
  await Promise.all([others.stop(), upToDate?.stop()]);
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests, nonces, context].map((one) => one.close()));
  await server.stop();
}

/** @param deploy called once the offer behind the wall is open */
async function play(
  baton: BatonClient,
  caseId: string,
  human: boolean,
  deploy: () => Promise<void>,
): Promise<void> {
  await baton.open(
    {
      team: 'crossing-desk',
      task: { definition: 'A refund for whoever calls 9876543210' },
      user: { id: 'ann', name: 'Ann Example', preferences: { largeType: true } },
      message: { id: 'word-0', ...SPOKEN },
    },
    { caseId },
  );
  const answered = async (owner: string): Promise<void> => {
    await waits(async () => {
      const status = await baton.status(caseId);
      return status.owner === owner && status.stage === 'waiting-user';
    });
  };
  const says = (message: Say): Promise<unknown> => baton.say(caseId, message);
  await answered('front');
  await says({ messageId: 'word-1', kind: 'file', text: 'the receipt', file: FILE });
  await waits(
    async () => (await baton.transcript(caseId)).filter((one) => one.from.kind === 'agent').length === 2,
  );
  await answered('front');
  await says({ messageId: 'word-2', text: 'to clerk' });
  await answered('clerk');
  await says({ messageId: 'word-3', text: 'to legal' });
  await deploy();
  await answered('legal');
  if (human) {
    await baton.askForHuman(caseId);
    await waits(async () => (await baton.status(caseId)).waitingOn === 'people:desk');
    await baton.reply(caseId, { by: 'ann', messageId: 'reply-1', text: 'Ann speaking' });
    await baton.giveBack(caseId, { by: 'ann', note: 'go on' });
    await answered('legal');
  }
  await says({ messageId: 'word-4', text: 'end' });
  await baton.result(caseId, { signal: AbortSignal.timeout(60_000) });
}

/** Whether an offer has waited for a worker that is new enough: the marker of the patch says so. */
async function hasWaited(baton: BatonClient, caseId: string): Promise<boolean> {
  const { runs } = await baton.histories(caseId);
  const markers = runs
    .flatMap(({ history }) => history.events ?? [])
    .flatMap((event) => event.markerRecordedEventAttributes?.details?.['patch-data']?.payloads ?? []);
  return markers.some(({ data }) =>
    Buffer.from(data ?? [])
      .toString('utf8')
      .includes('until-served'),
  );
}

async function waits(holds: () => Promise<boolean>): Promise<void> {
  if (!(await until(holds, { limitMs: 60_000 }))) throw new Error('the case did not come to it');
}

/** A registry of one new key, which signs for everybody. */
function newRegistry(): string {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const key = { id: 'recording', status: 'active', publicKey: x, privateKey: d };
  return JSON.stringify({ version: '1.0.0', signWith: key.id, keys: [key] });
}
