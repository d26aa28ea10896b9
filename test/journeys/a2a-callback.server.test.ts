import type { FastifyInstance } from 'fastify';
import type { Team } from '../../activities/define-team.ts';
import { createBatonClient } from '../../client/index.ts';
import { callbackUrl, readA2aCallback, type A2aCallback } from '../../contract/a2a-callback.ts';
import { freePort, until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { accessForAll } from '../service/principals.ts';
import { startA2aServer, type A2aTestServer } from '../support/a2a-server.ts';
import { openBed, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { compareLedger, eventsOf } from '../support/ledger-of-history.ts';
import { parcelsElsewhere } from '../support/parcels-elsewhere.ts';

const DAY_MS = 86_400_000;

let callback: A2aCallback;
let vendor: A2aTestServer;
let team: Team;
let bed: Bed;
let app: FastifyInstance;

beforeAll(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const read = readA2aCallback(JSON.stringify({ version: '1.0.0', url, secret: 's'.repeat(40) }));
  if (!read) throw new Error('no callback');
  callback = read;
  const capabilities = { streaming: false, pushNotifications: true, extensions: [] };
  vendor = await startA2aServer(() => ({ state: 'TASK_STATE_WORKING' }), {
    card: { capabilities: { ...capabilities, extendedAgentCard: undefined } },
  });
  // It looks once a day by itself: what comes sooner was called for.
  team = parcelsElsewhere({
    at: { card: vendor.url, callback },
    effects: 'none',
    pauses: { firstMs: DAY_MS, longestMs: DAY_MS },
  });
  bed = await openBed({ teams: [team], caching: ['uncached'] });
  app = await createService({
    baton: createBatonClient({ client: bed.client, ledger: bed.ledger }),
    access: accessForAll(),
    a2aCallback: callback,
  });
  await app.listen({ port, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await bed.close();
  await vendor.close();
});

async function openWaiting(): Promise<{ readonly driver: CaseDriver; readonly context: string }> {
  const driver = await openCase(bed, team, { message: { id: 'first', text: 'Where is it?' } }, 'uncached');
  await driver.until((one) => one.owner === 'parcels');
  const context = vendor.messages.at(-1)?.contextId ?? '';
  return { driver, context };
}

async function call(url: string, token?: string): Promise<number> {
  const headers = {
    'content-type': 'application/a2a+json',
    ...(token === undefined ? {} : { 'x-a2a-notification-token': token }),
  };
  const body = '{"statusUpdate":{"taskId":"another","status":{"state":"TASK_STATE_COMPLETED"}}}';
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

async function signalsOf(driver: CaseDriver): Promise<number> {
  const events = await eventsOf(bed.client, driver.id);
  return events.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

test('the vendor’s own push wakes the case long before its timer, and what it says is read at the vendor', async () => {
  const { driver, context } = await openWaiting();
  await vendor.move(context, { state: 'TASK_STATE_COMPLETED', text: 'In Lyon.', data: { topic: 'Lyon' } });
  await vendor.push(context);
  expect(await driver.result()).toMatchObject({
    outcome: { outcome: 'back' },
    path: ['triage', 'parcels', 'triage'],
  });
  expect((await driver.view()).transcript.map((one) => one.text)).toContain('{"order":"A1","topic":"Lyon"}');
  expect(await signalsOf(driver)).toBe(1);
  expect(vendor.methods.filter((one) => one === 'SendMessage')).toHaveLength(1);
  const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
  expect(stored).toEqual(told);
  const [config] = await vendor.callbacks(context);
  // Nobody waits any more.
  expect(await call(config?.url ?? '', config?.token)).toBe(410);
});

test('a made-up push does nothing; one that was played again does nothing but look', async () => {
  const { driver, context } = await openWaiting();
  const [config] = await vendor.callbacks(context);
  const { url = '', token = '' } = config ?? {};
  expect(url).toBe(callbackUrl(callback, { caseId: driver.id, key: context }));
  expect(await call(url)).toBe(401);
  expect(await call(url, token.slice(0, 63))).toBe(401);
  expect(await call(url, 'f'.repeat(64))).toBe(401);
  const other = callbackUrl(callback, { caseId: 'another-case', key: context });
  expect(await call(other, token)).toBe(401);
  expect(await signalsOf(driver)).toBe(0);
  const looks = (): number => vendor.methods.filter((one) => one === 'GetTask').length;
  const before = looks();
  expect(await call(url, token)).toBe(204);
  expect(await until(() => Promise.resolve(looks() > before), { limitMs: 60_000 })).toBe(true);
  // The body said completed; the vendor says otherwise, and it counts.
  await driver.until((one) => one.stage === 'working' && one.owner === 'parcels');
  await vendor.move(context, { state: 'TASK_STATE_COMPLETED', text: 'Here.', data: { topic: 'here' } });
  await vendor.push(context);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'back' } });
});
