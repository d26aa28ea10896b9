import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBatonClient, textsOfProgress, type ProgressEntry } from '../../client/index.ts';
import { startVendorServer, type VendorServer } from '../../testing/vendors/vendor-server.ts';
import type { VendorStep } from '../../testing/vendors/vendor-step.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import type { TenantBudgets } from '../../contract/tenant-budget.ts';
import { openTenantBudgets } from '../../stores/open-stores.ts';
import { driveCase, openCase, type CaseDriver } from '../support/case-driver.ts';
import { historyText } from '../support/ledger-of-history.ts';
import { memoryContext } from '../support/memory-context.ts';
import { graphModel } from '../support/recipe-models.ts';
import { modelDesk, why } from '../support/model-desk.ts';

const pool = unique('budgets');
const message = { id: 'first', text: 'My order A1 was charged twice' };
const call = (name: string, args: object): NonNullable<VendorStep['calls']> => [
  { name, arguments: { ...args } },
];
const look = (order: string): VendorStep => ({
  calls: call('find-order', { order }),
  usage: { input: 1_000, output: 50 },
});
const done: VendorStep = { calls: call('finish', { outcome: 'done' }), usage: { input: 1_000, output: 50 } };

/** Two dollars for a million tokens in, ten out: a call as above costs 2,500 micro-USD. */
const CALL_MICRO_USD = 2_500;
const vendors = ['openai', 'openai-chat', 'openai-compatible', 'anthropic', 'google'] as const;
const desks = {
  ...Object.fromEntries(
    vendors.map((vendor) => [vendor, modelDesk(pool, [], { model: `${vendor}:${vendor}-1` })] as const),
  ),
  faulty: modelDesk(pool, [], { model: 'openai-chat:faulty-1', idleMs: 500, retry: { attempts: 6 } }),
  talks: modelDesk(pool, [], { model: 'anthropic:talks-1' }),
  slow: modelDesk(pool, [], { model: 'openai-chat:slow-1' }),
  cost: modelDesk(pool, [], {
    model: 'openai-chat:cost-1',
    limits: { costUsd: 0.03 },
    maxOutputTokens: 1_000,
  }),
  tokens: modelDesk(pool, [], {
    model: 'openai-chat:tokens-1',
    limits: { tokens: 3_500 },
    maxOutputTokens: 500,
  }),
  fallback: modelDesk(pool, [], { model: 'openai:retired-1', fallback: ['anthropic:stand-in-1'] }),
  graph: modelDesk(pool, [], { model: graphModel(() => server.vendors, 'graph-1') }),
  tenant: modelDesk(pool, [], { model: 'openai-chat:tenant-1', maxOutputTokens: 500 }),
  spent: modelDesk(pool, [], {
    model: 'openai-chat:spent-1',
    maxOutputTokens: 100,
    retry: { attempts: 2, initialMs: 10 },
  }),
  unpriced: modelDesk(pool, [], { model: 'openai-compatible:unpriced-1', limits: { costUsd: 1 } }),
};

let release: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  release = resolve;
});
let server: VendorServer;
let bed: Bed;
let budgets: TenantBudgets;
let folder: string;
const context = memoryContext();
beforeAll(async () => {
  const talk: readonly VendorStep[] = [
    { ...look('A1'), text: 'One moment.' },
    {
      calls: call('transfer_to_billing', { ...why, facts: { order: 'A1' } }),
      usage: { input: 1_000, output: 50 },
    },
  ];
  server = await startVendorServer({
    scripts: {
      ...Object.fromEntries(vendors.map((vendor) => [`${vendor}-1`, talk])),
      'faulty-1': [
        { fault: { kind: 'status', status: 429, retryAfterS: 1 } },
        { fault: { kind: 'status', status: 500 } },
        { text: 'One two three', fault: { kind: 'cut', after: 2 } },
        { text: 'One two three', fault: { kind: 'garbage' } },
        { text: 'One two three', fault: { kind: 'silence', after: 2 } },
        done,
      ],
      'talks-1': [
        { text: 'Let me see what', fault: { kind: 'cut', after: 5 } },
        { text: 'I have looked. All is well.' },
        done,
      ],
      'slow-1': [{ ...done, until: held }],
      'cost-1': [
        look('A1'),
        look('A2'),
        look('A3'),
        look('A4'),
        look('A5'),
        look('A6'),
        look('A7'),
        look('A8'),
      ],
      'retired-1': [{ fault: { kind: 'status', status: 404, message: 'the model was retired' } }],
      'stand-in-1': [done],
      'spent-1': Array<VendorStep>(2).fill({ text: 'One two three', fault: { kind: 'cut', after: 2 } }),
      'graph-1': [{ fault: { kind: 'status', status: 429, retryAfterS: 1 } }, ...talk],
      'tenant-1': [look('A1'), look('A2'), look('A3'), look('A4'), done],
      'tokens-1': [look('A1'), look('A2'), look('A3'), look('A4')],
    },
  });
  const priced = [...vendors.map((vendor) => `${vendor}:${vendor}-1`), 'openai-chat:faulty-1'];
  const names = [
    ...priced,
    'anthropic:stand-in-1',
    'openai-chat:spent-1',
    'openai-chat:tenant-1',
    'openai-chat:slow-1',
    'openai-chat:cost-1',
    'openai-chat:tokens-1',
  ];
  folder = await mkdtemp(path.join(tmpdir(), 'baton-budgets-'));
  budgets = await openTenantBudgets(`file:${folder}/budgets.db`);
  bed = await openBed({
    budgets,
    teams: Object.values(desks).map((desk) => desk.team),
    context,
    models: {
      vendors: server.vendors,
      prices: Object.fromEntries(names.map((name) => [name, { inputUsd: 2, outputUsd: 10 }])),
    },
  });
});
afterAll(async () => {
  release();
  await bed.close();
  await server.close();
  await budgets.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (name: keyof typeof desks | (typeof vendors)[number]): Promise<CaseDriver> => {
  const desk = (desks as Record<string, ReturnType<typeof modelDesk>>)[name];
  if (!desk) throw new Error(`no desk ${name}`);
  return openCase(bed, desk.team, { message });
};

test.each(vendors)('%s over HTTP, in pieces: a tool, a transfer, and what it took', async (vendor) => {
  const driver = await open(vendor);
  expect(await driver.result()).toMatchObject({
    outcome: { outcome: 'billing has {"order":"A1"}' },
    path: ['triage', 'billing'],
  });
  const view = await driver.view();
  const both = { calls: 2, inputTokens: 2_000, outputTokens: 100, microUsd: 2 * CALL_MICRO_USD, unpriced: 0 };
  const unskilled = { skills: {}, unattributed: both };
  expect(view.spend).toEqual({ total: both, agents: { triage: both }, handoffs: {}, ...unskilled });
  expect(view.provenance[0]).toMatchObject({ modelVersion: `${vendor}:${vendor}-1` });
  const rows = await driver.rows();
  expect(rows.flatMap((row) => (row.content['usage'] ? [row.content['usage']] : []))).toEqual(
    Array(2).fill({
      model: `${vendor}:${vendor}-1`,
      inputTokens: 1_000,
      outputTokens: 50,
      microUsd: CALL_MICRO_USD,
      priced: 'settings',
    }),
  );
});

test('429 with a pause, 500, a cut and a malformed stream, silence: one turn, tried until it is answered', async () => {
  const began = Date.now();
  const driver = await open('faulty');
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' } });
  expect(Date.now() - began).toBeGreaterThan(1_000);
  expect(server.requests.filter((one) => one.model === 'faulty-1')).toHaveLength(6);
  expect((await driver.view()).provenance).toHaveLength(1);
});

test('what a model says is followed while it speaks; a new attempt voids the one before, and the history has none of it', async () => {
  const driver = await open('talks');
  const baton = createBatonClient({ client: bed.client, context });
  const feed: ProgressEntry[] = [];
  for await (const entry of baton.followProgress(driver.id)) {
    feed.push(entry);
    if (entry.progress.kind === 'ended' && entry.progress.attempt === 2) break;
  }
  expect(feed.map(({ offset }) => offset)).toEqual(feed.map((_, index) => index + 1));
  const kinds = feed.map(({ progress }) => `${progress.kind} ${String(progress.attempt)}`);
  expect(kinds.filter((kind) => !kind.startsWith('text'))).toEqual([
    'began 1',
    'ended 1',
    'restarted 2',
    'ended 2',
  ]);
  expect(kinds).toContain('text 1');
  expect([...textsOfProgress(feed.map(({ progress }) => progress))]).toEqual([
    [1, 'I have looked. All is well.'],
  ]);
  await driver.until((view) => view.stage === 'waiting-user');
  expect(await historyText(bed.client, driver.id)).not.toContain('Let me see');
  // Whoever comes back goes on where they left.
  await driver.say('thanks');
  await driver.result();
  const rest: ProgressEntry[] = [];
  for await (const entry of baton.followProgress(driver.id, { after: feed.length })) rest.push(entry);
  expect(rest.map(({ offset, progress }) => [offset - feed.length, progress.kind, progress.turn])).toEqual([
    [1, 'began', 2],
    [2, 'ended', 2],
  ]);
});

test('a model that is slower than the heartbeat is waited for, and asked once', async () => {
  const driver = await open('slow');
  // Beyond the heartbeat timeout of 2 s; the model says nothing at all meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  release();
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' } });
  expect(server.requests.filter((one) => one.model === 'slow-1')).toHaveLength(1);
});

test.each([
  ['cost' as const, 30_000],
  ['tokens' as const, 3_500],
])('a bound of %s stops before the call that could exceed it, with people', async (name, bound) => {
  const driver = await open(name);
  const view = await driver.until((one) => one.owner === 'people:desk');
  expect(view.handoffs).toMatchObject([{ reasonCode: 'BUDGET_SPENT' }]);
  const { total } = view.spend ?? {};
  const spent = name === 'cost' ? total?.microUsd : (total?.inputTokens ?? 0) + (total?.outputTokens ?? 0);
  expect(spent).toBeGreaterThan(0);
  expect(spent).toBeLessThanOrEqual(bound);
  expect(server.requests.filter((one) => one.model === `${name}-1`)).toHaveLength(total?.calls ?? 0);
  await driver.handle.cancel();
  await driver.result();
});

test('a model that was retired is passed over: case and ledger say which one answered, and why', async () => {
  const driver = await open('fallback');
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' } });
  const { provenance, spend } = await driver.view();
  const passedOver = [{ model: 'openai:retired-1', code: 'MODEL_REQUEST_REFUSED' }];
  expect(provenance).toMatchObject([{ modelVersion: 'anthropic:stand-in-1', passedOver }]);
  // Nothing was charged for the one that is not there.
  expect(spend?.total).toMatchObject({ calls: 1, microUsd: CALL_MICRO_USD });
  const rows = await driver.rows();
  expect(rows.find((row) => row.kind === 'turn-completed')?.content).toMatchObject({ passedOver });
});

test('where all attempts of a turn are spent, what they may have cost is in the sums', async () => {
  const driver = await open('spent');
  const view = await driver.until((one) => one.openDeadLetters > 0);
  expect(view.deadLetters).toMatchObject([{ failure: { code: 'MODEL_ANSWER_BROKEN' } }]);
  expect(view.spend?.total).toMatchObject({ calls: 2, outputTokens: 200, unpriced: 0 });
  expect(view.spend?.agents['triage']).toEqual(view.spend?.total);
  const rows = await driver.rows();
  expect(rows.find((row) => row.kind === 'turn-failed')?.content).toMatchObject({
    lost: { calls: 2, outputTokens: 200, microUsd: view.spend?.total.microUsd },
  });
  await driver.handle.cancel();
  await driver.result();
});

test('the budget of a tenant stops its cases before the call that could exceed it, and nobody else’s', async () => {
  const at = new Date().toISOString();
  await budgets.set('acme', { per: 'month', tokens: 3_500 }, { by: 'ann', at });
  const driver = driveCase(bed, await bed.open(desks.tenant.team, { message }, 'cached', 'acme'));
  const view = await driver.until((one) => one.owner === 'people:desk');
  expect(view.handoffs).toMatchObject([{ reasonCode: 'TENANT_BUDGET_SPENT' }]);
  const [{ state } = { state: undefined }] = await budgets.list();
  const { calls = 0, inputTokens = 0, outputTokens = 0, microUsd } = view.spend?.total ?? {};
  expect(calls).toBeGreaterThan(0);
  expect(state?.spent).toEqual({ calls, tokens: inputTokens + outputTokens, microUsd });
  expect(state?.open).toEqual({});
  const asked = server.requests.filter((one) => one.model === 'tenant-1').length;
  expect(asked).toBe(calls);
  await driver.handle.cancel();
  await driver.result();
  // Another tenant has no budget, and nothing of it is counted.
  const other = driveCase(bed, await bed.open(desks.tenant.team, { message }, 'cached', 'other'));
  expect(await other.result()).toMatchObject({ outcome: { outcome: 'done' } });
  expect((await budgets.list()).map(({ tenant }) => tenant)).toEqual(['acme']);
});

test('a graph of LangGraph behind the port: tried again when its vendor says, a tool of the case, a transfer', async () => {
  const driver = await open('graph');
  expect(await driver.result()).toMatchObject({
    outcome: { outcome: 'billing has {"order":"A1"}' },
    path: ['triage', 'billing'],
  });
  const { provenance, spend } = await driver.view();
  expect(provenance[0]).toMatchObject({
    agent: 'triage',
    modelVersion: 'openai-chat:graph-1',
    toolCalls: [{ tool: 'find-order' }],
  });
  // What its vendor refused was not charged.
  expect(spend?.total).toMatchObject({ calls: 2, inputTokens: 2_000, outputTokens: 100 });
  expect(server.requests.filter((one) => one.model === 'graph-1')).toHaveLength(3);
});

test('a bound in money needs a price', async () => {
  const driver = await open('unpriced');
  const { deadLetters } = await driver.until((view) => view.openDeadLetters > 0);
  expect(deadLetters).toMatchObject([{ failure: { code: 'MODEL_PRICE_UNKNOWN' } }]);
  expect(server.requests.filter((one) => one.model === 'unpriced-1')).toEqual([]);
  await driver.handle.cancel();
  await driver.result();
});
