import { z } from 'zod';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { defineRecordTool, defineTool } from '../../activities/define-tool.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import type { OrphanedCase } from '../../client/index.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/index.ts';
import { until } from '../../scripts/ports.ts';
import { agent, call, finish } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { driveCase, openCase, type CaseDriver } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';
import { runBatonHere } from '../command/run-here.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] } });
const gates = createGates();
/** Keys that tools were called with, and on behalf of which case and trace, newest last. */
const calls: { readonly kind: string; readonly key: string; readonly of: string }[] = [];
let records: RecordStore;

const Input = z.object({ id: z.string() });
const write = defineRecordTool({
  name: 'write',
  description: 'writes a record',
  input: Input,
  store: ({ key, caseId, trace }) => {
    calls.push({ kind: 'store', key, of: `${caseId} ${trace}` });
    return records;
  },
  change: async (transaction, { id }) => {
    await transaction.put('written', id, true);
    return { kind: 'done', result: id };
  },
});
/** Writes, and is held up before anybody hears of it. */
const slow = defineTool<z.output<typeof Input>>({
  ...write.definition,
  name: 'slow',
  description: 'writes a record slowly',
  input: Input,
  effect: 'write',
  run: async (one) => {
    const answer = await write.run(one);
    await gates.pass(`do ${one.input.id}`);
    return answer;
  },
  undo: async (one) => {
    const answer = await write.undo?.(one);
    await gates.pass(`undo ${one.input.id}`);
    return answer ?? { kind: 'undone' };
  },
});
const refused = defineTool({
  name: 'refused',
  description: 'says no',
  input: Input,
  effect: 'write',
  run: () => Promise.resolve({ kind: 'refused', code: 'NO', message: 'no' }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const clerk = agent(
  'clerk',
  pool,
  (turn) =>
    turn.answers.length > 0
      ? finish()
      : call(
          ...['write a', 'refused b', 'slow c', 'slow d', 'write e'].map((words) => {
            const [tool = '', id = ''] = words.split(' ');
            return { tool, arguments: { id: `${turn.task.definition}-${id}` } };
          }),
        ),
  { tools: [write, slow, refused] },
);
const team = defineTeam({ name: unique('terminated'), start: clerk, edges: [escalate(clerk, desk)] });

let bed: Bed;
let baton: BatonClient;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
  records = await openRecordStore(`file:${bed.folder}/records.db`);
  baton = createBatonClient({ client: bed.client, ledger: bed.ledger });
});
afterAll(async () => {
  await bed.close();
  await records.close();
});

/** A case whose effect d is under way: it is made, and nobody has heard of it. */
async function inTheMiddle(definition: string): Promise<CaseDriver> {
  const driver = await openCase(bed, team, { task: { definition } });
  gates.open(`do ${definition}-c`);
  await gates.reached(`do ${definition}-d`);
  return driver;
}

/** A case that is terminated in the middle of its saga: two effects told, the third made and not heard of. */
async function terminated(definition: string): Promise<CaseDriver> {
  const driver = await inTheMiddle(definition);
  await driver.handle.terminate('an operator was in a hurry');
  for (const gate of ['do', 'undo']) for (const id of ['c', 'd']) gates.open(`${gate} ${definition}-${id}`);
  return driver;
}

/** The case as `reconcile` finds it, once visibility knows that it has ended. */
async function orphanedCase({ id }: CaseDriver, open = false): Promise<OrphanedCase | undefined> {
  let found: OrphanedCase | undefined;
  await until(
    async () => {
      const { orphaned } = await baton.reconcile({ open, limit: 1_000 });
      found = orphaned.find((one) => one.caseId === id);
      return found !== undefined;
    },
    { limitMs: 60_000 },
  );
  return found;
}

async function written(definition: string): Promise<readonly string[]> {
  const { written: all = {} } = await records.snapshot();
  return Object.keys(all).filter((id) => id.startsWith(`${definition}-`));
}

test('F23: terminated in the middle of a saga: the effects are found, people decide about each, undone by their keys', async () => {
  const driver = await terminated('f23');
  expect(await written('f23')).toEqual(['f23-a', 'f23-c', 'f23-d']);
  const found = await orphanedCase(driver);
  expect(found).toMatchObject({ caseId: driver.id, team: team.name, execution: 'terminated' });
  expect(found).not.toHaveProperty('followUp');
  expect(found?.effects.map((one) => [one.step, one.tool, one.arguments, one.outcome])).toEqual([
    [1, 'write', { id: 'f23-a' }, 'committed'],
    [3, 'slow', { id: 'f23-c' }, 'committed'],
    [4, 'slow', { id: 'f23-d' }, 'unknown'],
  ]);

  const { opened } = await baton.reconcile({ caseId: driver.id, open: true });
  expect(opened).toEqual([`follow-up-${String(found?.trace)}`]);
  const again = await baton.reconcile({ caseId: driver.id, open: true });
  expect(again).toMatchObject({ opened: [], orphaned: [{ followUp: opened[0] }] });

  const followUp = driveCase(bed, bed.client.workflow.getHandle(String(opened[0])));
  const view = await followUp.until((one) => one.stage === 'parked');
  expect(view).toMatchObject({ waitingOn: 'people:desk', openDeadLetters: 3 });
  expect(view.deadLetters.map((letter) => [letter.id, letter.kind, letter.failure.code])).toEqual(
    ['d1', 'd2', 'd3'].map((id) => [id, 'undo', 'CASE_TERMINATED']),
  );
  // Newest first, each with the exact undo.
  expect(view.deadLetters.map((letter) => letter.payload)).toEqual(
    found?.effects.toReversed().map(({ tool, arguments: input, key }) => ({ tool, arguments: input, key })),
  );
  await until(async () => (await baton.deadLetters({ limit: 1_000 })).items.length >= 3, { limitMs: 60_000 });
  expect((await baton.deadLetters({ limit: 1_000 })).items.map((one) => one.caseId)).toContain(followUp.id);
  // Nobody but people decides: not even a cancel takes the letters away.
  await baton.cancel(followUp.id);

  const by = { by: 'ann', reason: 'looked at it' };
  calls.length = 0;
  await baton.redrive(followUp.id, { deadLetterId: 'd1', ...by });
  await followUp.until((one) => one.effects[2]?.status === 'undone' && one.stage === 'parked');
  await baton.discard(followUp.id, { deadLetterId: 'd2', ...by });
  await baton.redrive(followUp.id, { deadLetterId: 'd3', ...by });
  expect(await followUp.result()).toMatchObject({
    outcome: { kind: 'failed', failure: { code: 'CASE_TERMINATED' } },
    saga: 'partly-compensated',
  });
  expect(await written('f23')).toEqual(['f23-c']);
  // Tools were called as the terminated case had called them.
  expect(calls).toEqual(
    [found?.effects[2], found?.effects[0]].map((one) => ({
      kind: 'store',
      key: one?.key,
      of: `${driver.id} ${String(found?.trace)}`,
    })),
  );
  expect(await baton.verify(followUp.id)).toMatchObject({ ok: true, closed: true, lag: 0, anchored: true });
  // What people have decided about is not found again.
  expect(await baton.reconcile({ caseId: driver.id, open: true })).toMatchObject({
    orphaned: [],
    opened: [],
  });
});

test('F23: a store that is asked leaves out what it has undone; a follow-up that is terminated is opened again', async () => {
  const driver = await terminated('asked');
  const found = await orphanedCase(driver, true);
  const id = String(found?.followUp);
  const followUp = driveCase(bed, bed.client.workflow.getHandle(id));
  await followUp.until((one) => one.stage === 'parked');
  await baton.redrive(id, { deadLetterId: 'd1', by: 'ann', reason: 'so' });
  await followUp.until((one) => one.effects[2]?.status === 'undone' && one.stage === 'parked');
  await bed.client.workflow.getHandle(id).terminate('again');

  const rest = await baton.reconcile({
    caseId: driver.id,
    open: true,
    look: (key) => records.look(key),
  });
  expect(rest).toMatchObject({ opened: [id], orphaned: [{ followUp: id }] });
  expect(rest.orphaned[0]?.effects.map((one) => [one.arguments, one.state])).toEqual([
    [{ id: 'asked-a' }, 'committed'],
    [{ id: 'asked-c' }, 'committed'],
  ]);
  const next = driveCase(bed, bed.client.workflow.getHandle(id));
  await next.until((one) => one.openDeadLetters === 2);
  for (const deadLetterId of ['d1', 'd2']) {
    await baton.redrive(id, { deadLetterId, by: 'ann', reason: 'all of it' });
    await next.until((one) =>
      one.deadLetters.some((one) => one.id === deadLetterId && one.status !== 'open'),
    );
    if (deadLetterId === 'd1') await next.until((one) => one.stage === 'parked');
  }
  expect(await next.result()).toMatchObject({ saga: 'compensated' });
  expect(await written('asked')).toEqual([]);
});

test('F23: terminated while its effects are taken back: what was not heard to be undone is found', async () => {
  const driver = await inTheMiddle('undoing');
  await driver.handle.cancel();
  gates.open('do undoing-d');
  gates.open('undo undoing-d');
  await gates.reached('undo undoing-c');
  await driver.handle.terminate('in a hurry again');
  gates.open('undo undoing-c');
  const told = await baton.reconcile({ caseId: driver.id });
  // That d was undone has been heard. The undo of c had the second epoch, and that of a follow-up comes after it.
  expect(told.orphaned[0]?.effects.map((one) => [one.step, one.epoch])).toEqual([
    [1, 1],
    [3, 2],
  ]);
  const asked = await baton.reconcile({ caseId: driver.id, look: (key) => records.look(key) });
  expect(asked.orphaned[0]?.effects.map((one) => one.step)).toEqual([1]);

  // The same by the command, for people and for scripts.
  const environment = { TEMPORAL_ADDRESS: String(process.env['TEMPORAL_ADDRESS']) };
  const place = ['--records', `file:${bed.folder}/records.db`];
  const list = await runBatonHere(['reconcile', driver.id, ...place], { environment });
  expect(list).toMatchObject({ exitCode: 1, errors: '' });
  expect(list.output).toContain('was terminated; 1 effect left behind');
  expect(list.output).toContain(`write of clerk {"id":"undoing-a"}: committed, key`);
  expect(list.output).toContain('open a follow-up case with --open');
  const opened = await runBatonHere(['reconcile', driver.id, '--open', '--json', ...place], { environment });
  expect(opened.exitCode).toBe(0);
  const followUp = `follow-up-${String(told.orphaned[0]?.trace)}`;
  expect(JSON.parse(opened.output)).toMatchObject({
    looked: 1,
    opened: [followUp],
    orphaned: [{ followUp }],
  });
  const next = driveCase(bed, bed.client.workflow.getHandle(followUp));
  await next.until((one) => one.openDeadLetters === 1);
  await baton.discard(followUp, { deadLetterId: 'd1', by: 'ann', reason: 'it may stay' });
  expect(await next.result()).toMatchObject({ saga: 'partly-compensated' });
  expect(await written('undoing')).toEqual(['undoing-a']);
  const nothing = await runBatonHere(['reconcile', driver.id], { environment });
  expect(nothing).toMatchObject({ exitCode: 0, output: expect.stringContaining('no effects') as string });
});

test('F23: only cases that ended without being asked are reconciled, and only `reconcile` writes orphans', async () => {
  const driver = await inTheMiddle('open');
  await expect(baton.reconcile({ caseId: driver.id })).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
  gates.open('do open-d');
  await driver.result();
  await expect(baton.reconcile({ caseId: driver.id })).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
  await expect(baton.reconcile({ caseId: 'nobody' })).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
  const orphans = {
    caseId: 'x',
    trace: 't',
    effects: [
      { key: '0'.repeat(64), step: 1, agent: 'clerk', tool: 'write', callId: 'c', arguments: {}, epoch: 1 },
    ].map((one) => ({ ...one, outcome: 'committed' as const })),
  };
  const forged = { team: team.name, task: { definition: 'x' }, orphans };
  await expect(baton.open(forged)).rejects.toMatchObject({ code: 'INPUT_INVALID', field: 'case.orphans' });
});
