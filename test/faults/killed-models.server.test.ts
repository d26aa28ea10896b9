import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openRecordStore } from '../../stores/index.ts';
import { startVendorServer, type VendorServer } from '../../testing/vendors/vendor-server.ts';
import type { VendorStep } from '../../testing/vendors/vendor-step.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { killedTeam, PAYMENTS, type KillMoment, type ModelProcessOrder } from '../support/killed-team.ts';
import { compareLedger, eventsOf } from '../support/ledger-of-history.ts';

const names = {
  ...{ asking: unique('asking'), kept: unique('kept'), once: unique('once') },
  ...{ paying: unique('paying'), paid: unique('paid'), fanned: unique('fanned') },
};
const teams = Object.values(names).map((name) => killedTeam(name));
const done: VendorStep = {
  calls: [{ name: 'finish', arguments: { outcome: 'done' } }],
  usage: { input: 1_000, output: 50 },
};

const answer: VendorStep = { text: 'It is so.', usage: { input: 1_000, output: 50 } };

/** It pays, and is done once it hears of that. */
const pays: readonly VendorStep[] = [
  { calls: [{ name: 'pay', arguments: { id: 'A1' } }], usage: { input: 1_000, output: 50 } },
  done,
];

let release: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  release = resolve;
});
let bed: Bed;
let server: VendorServer;
const children: ChildProcess[] = [];
beforeAll(async () => {
  server = await startVendorServer({
    scripts: {
      [names.asking]: [{ ...done, until: held }, done],
      [names.kept]: [done],
      [names.paying]: pays,
      [names.paid]: pays,
      [names.once]: [{ ...done, until: held }],
      [`${names.fanned}-one`]: [answer],
      [`${names.fanned}-two`]: [{ ...answer, until: held }, answer],
    },
  });
  bed = await openBed({ teams, unserved: Object.values(names) });
});
// A process knows one team only, and all serve one queue of cases.
afterEach(() => Promise.all(children.splice(0).map(kill)));
afterAll(async () => {
  release();
  await server.close();
  await bed.close();
});

/** Starts a process that serves cases and agents; resolves when it polls. */
async function start(team: string, holdAt?: KillMoment): Promise<ChildProcess> {
  const order: ModelProcessOrder = {
    address: String(process.env['TEMPORAL_ADDRESS']),
    ...{ team, ...(holdAt ? { holdAt } : {}) },
    records: recordsOf(team),
    caseQueue: bed.caseQueue('uncached'),
    ledger: `file:${bed.folder}/ledger.db`,
    context: { url: `file:${bed.folder}/context.db`, keysUrl: `file:${bed.folder}/keys.db` },
    bundle: String(process.env['BATON_TEST_BUNDLE']),
    models: { vendors: server.vendors },
  };
  const program = await compiledProgram('test/support/model-process.ts');
  const child = fork(program, [JSON.stringify(order)], { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
  children.push(child);
  expect(await once(child, 'message')).toContain('ready');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const recordsOf = (team: string): string => `file:${bed.folder}/${team}.db`;

const asked = (model: string): number => server.requests.filter((one) => one.model === model).length;

test('killed in the middle of a call: it is made once more, and the lost one counts as the most it can have cost', async () => {
  const first = await start(names.asking);
  const driver = await openCase(bed, killedTeam(names.asking), {}, 'uncached');
  for (let round = 0; asked(names.asking) === 0 && round < 300; round += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await kill(first);
  await start(names.asking);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' } });
  expect(asked(names.asking)).toBe(2);
  const { spend } = await driver.view();
  expect(spend?.total.calls).toBe(2);
  expect(spend?.total.outputTokens).toBe(50 + 100);
  expect(spend?.total.inputTokens).toBeGreaterThan(1_000);
});

test('killed in the last attempt: a person sees it, and what it may have cost is in the sums', async () => {
  const first = await start(names.once);
  const driver = await openCase(bed, killedTeam(names.once), {}, 'uncached');
  for (let round = 0; asked(names.once) === 0 && round < 300; round += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await kill(first);
  await start(names.once);
  const view = await driver.until((one) => one.openDeadLetters > 0);
  expect(asked(names.once)).toBe(1);
  expect(view.spend?.total).toMatchObject({ calls: 1, outputTokens: 100 });
  expect(view.spend?.total.inputTokens).toBeGreaterThan(100);
  await driver.handle.cancel();
  await driver.result();
});

test('killed once the answer is kept: the next attempt reads it, and the model is not asked again', async () => {
  const first = await start(names.kept, 'kept');
  const kept = once(first, 'message');
  const driver = await openCase(bed, killedTeam(names.kept), {}, 'uncached');
  expect(await kept).toContain('kept');
  await kill(first);
  await start(names.kept);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' } });
  expect(asked(names.kept)).toBe(1);
  expect((await driver.view()).spend?.total).toMatchObject({
    calls: 1,
    inputTokens: 1_000,
    outputTokens: 50,
  });
});

test.each(['paying', 'paid'] as const)(
  'killed in the middle of a tool call, %s: the effect is there once, each turn of the model was paid once, the case goes on',
  async (moment) => {
    const team = names[moment];
    const first = await start(team, moment);
    const there = once(first, 'message');
    const driver = await openCase(bed, killedTeam(team), {}, 'uncached');
    expect(await there).toContain(moment);
    await kill(first);
    await start(team);
    expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' }, saga: 'kept' });
    const { effects, spend } = await driver.view();
    // Had the effect been made twice, the second would have said so: it is counted where it is made.
    expect(effects).toMatchObject([{ tool: 'pay', status: 'committed', result: { times: 1 } }]);
    const records = await openRecordStore(recordsOf(team));
    expect(await records.get(PAYMENTS, 'A1')).toBe(1);
    await records.close();
    expect(asked(team)).toBe(2);
    expect(spend?.total).toMatchObject({ calls: 2, inputTokens: 2_000, outputTokens: 100 });
    const attempts = (await eventsOf(bed.client, driver.id)).flatMap(
      (event) => event.activityTaskStartedEventAttributes?.attempt ?? [],
    );
    expect(attempts.filter((attempt) => attempt > 1)).toHaveLength(1);
    const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
    expect(stored).toEqual(told);
  },
);

test('killed while two are asked at once: whoever has answered is not asked again, and the other one is', async () => {
  const [one, two] = [`${names.fanned}-one`, `${names.fanned}-two`];
  const first = await start(names.fanned);
  const driver = await openCase(bed, killedTeam(names.fanned), {}, 'uncached');
  await driver.until(({ fanOuts }) => fanOuts?.[0]?.questions[0]?.status === 'answered');
  for (let round = 0; asked(two) === 0 && round < 300; round += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  await kill(first);
  await start(names.fanned);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'done' } });
  const { transcript, spend } = await driver.view();
  expect(transcript.at(-1)?.text).toBe('one answered, two answered');
  expect([asked(one), asked(two)]).toEqual([1, 2]);
  // The lost call counts as the most that it can have cost.
  expect(spend?.total).toMatchObject({ calls: 3, outputTokens: 50 + 50 + 100 });
  const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
  expect(stored).toEqual(told);
});
