import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { exportJWK, generateKeyPair } from 'jose';
import type { Team } from '../../activities/define-team.ts';
import type { A2aLocation } from '../../activities/index.ts';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import { readA2aCallback } from '../../contract/a2a-callback.ts';
import { freePort } from '../../scripts/ports.ts';
import type { TemporalServer } from '../../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore, openOutbox, openPushStore } from '../../stores/open-stores.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { readPushSettings } from '../../workers/webhooks/read-endpoints.ts';
import { requireSearchAttributes } from '../../workers/search-attributes.ts';
import { bundledWorkflows } from '../workflow-bundle.ts';
import { carrierTeam, shopTeam } from './teams.ts';

/** Two houses, a shop and a carrier, with A2A between them: on one server here, on two in life. */
export interface RunningHouses {
  readonly baton: BatonClient;
  /** Where the carrier's card is. */
  readonly card: string;
  /** How often the carrier has called the shop to say that there is news. */
  readonly calls: () => number;
  /** Shuts the carrier's door: nobody can reach it over A2A. */
  readonly shut: () => Promise<void>;
  /** Opens it again, at the same address. */
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How the houses speak with each other. */
export interface HousesOptions {
  /** The carrier calls the shop when there is news (push); the shop looks now and then when absent (polling). */
  readonly push?: true;
  /** The shop's team, by where the carrier is; {@link shopTeam} when absent. */
  readonly shop?: (at: A2aLocation) => Team;
}

/**
 * Starts both: the carrier behind HTTP with a key and a signed card, the shop with the address of the one, and, where the
 * carrier is to call, with a door of its own.
 */
export async function runHouses(
  server: TemporalServer,
  folder: string,
  { push, shop = shopTeam }: HousesOptions = {},
): Promise<RunningHouses> {
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  await requireSearchAttributes(connection, namespace);
  const file = path.join(folder, 'parcels.db');
  const [ledger, manifests] = [await openLedgerStore(file), await openManifestStore(file)];
  const baton = await connectBaton({ address, namespace, ledger });
  const secret = randomBytes(24).toString('base64url');
  const issuer = await generateKeyPair('ES256', { extractable: true });
  const kid = 'carrier-1';
  const keys = [
    { name: 'shop', roles: ['service'], keySha256: createHash('sha256').update(secret).digest('hex') },
  ];
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const cardKey = { ...(await exportJWK(issuer.privateKey)), kid, alg: 'ES256' };
  const carrier = { team: 'carrier', description: 'Finds parcels', version: '1.0.0', url, cardKey };
  const environment = {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    BATON_LEDGER_URL: file,
    BATON_SERVICE_ACCESS: JSON.stringify({ version: '1.0.0', keys }),
  };
  const shopPort = await freePort();
  const shopHost = `127.0.0.1:${String(shopPort)}`;
  // The carrier's: it may call the shop, which is on this machine and spoken to in clear. In life the list is empty.
  const BATON_A2A_PUSH = JSON.stringify({ version: '1.0.0', allowedHosts: [shopHost] });
  // The shop's: where it is called, and what its tokens are made with.
  const BATON_A2A_CALLBACK = JSON.stringify({
    version: '1.0.0',
    url: `http://${shopHost}`,
    secret: randomBytes(32).toString('base64url'),
  });
  const ofCarrier = {
    ...environment,
    BATON_A2A: JSON.stringify({ version: '1.0.0', teams: [carrier] }),
    ...(push ? { BATON_A2A_PUSH } : {}),
  };
  let carrierDoor = await serve(port, ofCarrier);
  const shopDoor = push ? await serve(shopPort, { ...environment, BATON_A2A_CALLBACK }) : undefined;
  const card = `${url}/a2a/carrier/.well-known/agent-card.json`;
  const teams = [
    carrierTeam(),
    shop({
      card,
      headers: () => ({ authorization: `Bearer ${secret}` }),
      cardKeys: [{ ...(await exportJWK(issuer.publicKey)), kid }],
      ...(push ? { callback: readA2aCallback(BATON_A2A_CALLBACK) } : {}),
    }),
  ];
  const pushes = push
    ? {
        settings: readPushSettings(BATON_A2A_PUSH),
        configs: await openPushStore(file),
        outbox: await openOutbox(file),
      }
    : undefined;
  const workers = await createWorkers({
    ...{ connection, namespace, teams, ledger, manifests, graceMs: 500 },
    bundle: { codePath: await bundledWorkflows() },
    ...(pushes ? { pushes } : {}),
  });
  const ended = workers.run();
  return {
    baton,
    card,
    calls: () => shopDoor?.log().match(/"operation":"a2aCallback"/g)?.length ?? 0,
    shut: () => carrierDoor.stop(),
    open: async () => {
      carrierDoor = await serve(port, ofCarrier);
    },
    close: async () => {
      workers.stop();
      await ended;
      await Promise.all([carrierDoor, shopDoor].map(async (door) => door?.stop()));
      await baton.close();
      await connection.close();
      await Promise.all(
        [ledger, manifests, pushes?.configs, pushes?.outbox].map(async (one) => one?.close()),
      );
    },
  };
}

/** A house's door. */
interface Door {
  /** Its record of requests so far, as JSON lines. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** `baton serve`, as a house runs it; resolves when it listens. */
async function serve(port: number, environment: Readonly<Record<string, string>>): Promise<Door> {
  const program = path.resolve(import.meta.dirname, '../../bin/baton.js');
  const child = spawn(process.execPath, [program, 'serve', '--port', String(port)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(`baton serve ended before it listened: ${log}`);
    }),
  ]);
  return {
    log: () => log,
    stop: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** A customer asks the shop where her parcel is. */
export async function openParcelCase(baton: BatonClient, caseId: string): Promise<void> {
  await baton.open(
    {
      team: 'shop',
      task: { definition: 'Find a parcel' },
      facts: { parcel: 'P-7' },
      message: { id: 'm1', text: 'Where is my parcel P-7?' },
    },
    { caseId },
  );
}

/**
 * A customer asks the shop; the carrier's people look; the answer comes back. The shop's case waits meanwhile, by a timer.
 * @returns id of the carrier's case: the task of the shop's
 */
export async function askForParcel(baton: BatonClient, caseId: string): Promise<string> {
  await openParcelCase(baton, caseId);
  for await (const change of baton.followReviews()) {
    if (change.kind !== 'opened' || change.open.review.pool !== 'depot') continue;
    const { caseId: task, review } = change.open;
    // The depot takes its time: the shop looks more than once.
    await setTimeout(1_500);
    await baton.decide(task, {
      reviewId: review.id,
      decision: 'approve',
      by: 'lea',
      reason: 'it leaves the depot tomorrow at 8',
      digest: review.digest,
    });
    await baton.result(caseId, { signal: AbortSignal.timeout(60_000) });
    return task;
  }
  throw new Error('nobody asked the depot');
}
