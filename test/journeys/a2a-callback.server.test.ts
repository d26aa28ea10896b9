import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { defineA2aAgent } from '../../activities/a2a/define-a2a-agent.ts';
import { ask, defineTeam, escalate, people, type Team } from '../../activities/define-team.ts';
import { createBatonClient } from '../../client/index.ts';
import { callbackUrl, readA2aCallback, type A2aCallback } from '../../contract/a2a-callback.ts';
import { freePort, until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { accessForAll } from '../service/principals.ts';
import { startA2aServer, type A2aTestServer } from '../support/a2a-server.ts';
import { agent, Facts, finish, reply } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { compareLedger, eventsOf } from '../support/ledger-of-history.ts';
import { parcelsElsewhere } from '../support/parcels-elsewhere.ts';

const DAY_MS = 86_400_000;

let callback: A2aCallback;
let vendor: A2aTestServer;
let team: Team;
let asking: Team;
let bed: Bed;
let app: FastifyInstance;

/** A lead that asks the vendor and a colleague at once, and says what came of both. */
function askingAt(card: string): Team {
  const pool = unique('asking-pool');
  const parcels = defineA2aAgent({
    ...{ name: 'parcels', version: '1.0.0', domain: 'test', scope: 'finds parcels', pool },
    accepts: Facts,
    effects: 'none',
    at: { card, callback },
    returns: z.object({ topic: z.string() }),
    pauses: { firstMs: DAY_MS, longestMs: DAY_MS },
  });
  const local = agent('local', pool, () => reply('Not here.'));
  const asks = ['parcels', 'local'].map((to) => ({
    id: to,
    to,
    reasonCode: 'find',
    question: 'Where is it?',
  }));
  const lead = agent('lead', pool, ({ answers }) =>
    answers.length > 0
      ? finish('asked', JSON.stringify(answers.map(({ id, answer }) => [id, answer])))
      : { intent: { kind: 'fan-out', asks } },
  );
  return defineTeam({
    name: unique('asking'),
    start: lead,
    agents: [parcels, local],
    asks: [parcels, local].map((one) => ask(lead, one, { ms: DAY_MS })),
    edges: [escalate(lead, people('desk', { ann: { roles: ['lead'] } }))],
  });
}

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
  asking = askingAt(vendor.url);
  bed = await openBed({ teams: [team, asking], caching: ['uncached'] });
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

test('asked beside another, the vendor’s push wakes its own question, and the asker goes on with both answers', async () => {
  const driver = await openCase(bed, asking, { message: { id: 'first', text: 'Where is it?' } }, 'uncached');
  await driver.until(
    ({ fanOuts }) =>
      fanOuts?.[0]?.questions.some(({ to, status }) => to === 'local' && status === 'answered') === true,
  );
  const context = (): string => vendor.messages.at(-1)?.contextId ?? '';
  const isAsked = async (): Promise<boolean> => (await vendor.callbacks(context())).length > 0;
  expect(await until(isAsked, { limitMs: 60_000 })).toBe(true);
  await vendor.move(context(), { state: 'TASK_STATE_COMPLETED', text: 'In Lyon.', data: { topic: 'Lyon' } });
  await vendor.push(context());
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'asked' }, path: ['lead'] });
  expect(JSON.parse((await driver.view()).transcript.at(-1)?.text ?? '')).toEqual([
    ['parcels', { kind: 'done', result: { text: 'In Lyon.', facts: { topic: 'Lyon' } } }],
    ['local', { kind: 'done', result: { text: 'Not here.', facts: {} } }],
  ]);
  expect(await signalsOf(driver)).toBe(1);
  const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
  expect(stored).toEqual(told);
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
