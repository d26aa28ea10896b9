import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { connectBaton } from '../../client/index.ts';
import { webhookEndpointsSchema } from '../../contract/webhooks/endpoints.ts';
import { webhookId } from '../../contract/webhooks/event.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore, openOutbox } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import type { Keeper } from './keep.ts';

/** Deliveries of the event that a case has closed. */
const DELIVERIES = [
  { name: 'webhook-delivered', endpoint: 'patient', title: 'An event arrives at the second attempt' },
  { name: 'webhook-failed', endpoint: 'hasty', title: 'An endpoint takes no event, and its delivery fails' },
] as const;

/** Names of the histories that {@link recordWebhooks} keeps. */
export function webhookNames(): readonly string[] {
  return DELIVERIES.map(({ name }) => name);
}

/** Closes a case, and keeps the histories of telling two endpoints of it. */
export async function recordWebhooks(folder: string, keeper: Keeper): Promise<void> {
  await mkdir(folder, { recursive: true });
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const url = path.join(folder, 'webhooks.db');
  const [ledger, manifests, outbox] = [
    await openLedgerStore(url),
    await openManifestStore(url),
    await openOutbox(url),
  ];
  let asked = 0;
  const receiver = createServer((request, response) => {
    request.resume();
    const fails = request.url === '/hasty' || asked++ === 0;
    response.writeHead(fails ? 500 : 204).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const host = `127.0.0.1:${String((receiver.address() as AddressInfo).port)}`;
  const secrets = [`whsec_${Buffer.alloc(32, 7).toString('base64')}`];
  const events = ['case.closed'];
  const endpoints = webhookEndpointsSchema().parse({
    version: '1.0.0',
    allowedHosts: [host],
    endpoints: {
      patient: { url: `http://${host}/patient`, secrets, events, pausesSeconds: [1] },
      hasty: { url: `http://${host}/hasty`, secrets, events, pausesSeconds: [] },
    },
  });
  const greeter = defineAgent({
    name: 'greeter',
    version: '1.0.0',
    domain: 'greetings',
    scope: 'Says hello and is done',
    accepts: z.object({}),
    run: () => ({ intent: { kind: 'finish', outcome: 'greeted', text: 'Hello.' } }),
  });
  const teams = [
    defineTeam({
      name: 'hello-desk',
      start: greeter,
      edges: [escalate(greeter, people('desk', { sara: { roles: ['lead'] } }))],
    }),
  ];
  const workers = await createWorkers({
    ...{ connection, namespace, teams, ledger, manifests },
    webhooks: { endpoints, outbox },
    graceMs: 500,
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  const { trace } = await baton.open(
    { team: 'hello-desk', task: { definition: 'Greet' }, message: { id: 'word-0', text: 'Hello?' } },
    { caseId: 'told-to-the-world' },
  );
  const { ledger: head } = await baton.result('told-to-the-world', { signal: AbortSignal.timeout(60_000) });
  for (const { name, endpoint, title } of DELIVERIES) {
    const id = `webhook/${endpoint}/${webhookId({ trace, seq: head.sequence })}`;
    const isClosed = async (): Promise<boolean> =>
      baton.histories(id).then(
        ({ closed }) => closed,
        () => false,
      );
    if (!(await until(isClosed, { limitMs: 60_000 }))) throw new Error(`${id} did not come to its end`);
    await keeper.keep(baton, id, title, name);
  }
  workers.stop();
  await ended;
  receiver.close();
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests, outbox].map((one) => one.close()));
  await server.stop();
}
