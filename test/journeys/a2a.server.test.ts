import { TaskState } from '@a2a-js/sdk';
import type { Team } from '../../activities/define-team.ts';
import { createBatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import { startA2aServer, type A2aStep, type A2aTestServer } from '../support/a2a-server.ts';
import { openBed, type Bed } from '../support/bed.ts';
import { driveCase, openCase, type CaseDriver } from '../support/case-driver.ts';
import { compareLedger, eventsOf } from '../support/ledger-of-history.ts';
import { parcelsElsewhere } from '../support/parcels-elsewhere.ts';

/** What the other side does, by the words it is told. */
function stepFor(words: string): A2aStep {
  if (words.includes('refuse')) return { state: 'TASK_STATE_REJECTED', text: 'We do no such thing.' };
  if (words.includes('which')) return { state: 'TASK_STATE_INPUT_REQUIRED', text: 'Which parcel?' };
  return { state: 'TASK_STATE_WORKING' };
}

let server: A2aTestServer;
let bed: Bed;
let team: Team;

beforeAll(async () => {
  server = await startA2aServer((message) => stepFor(JSON.stringify(message.parts)));
  team = parcelsElsewhere({
    at: { card: server.url, headers: () => ({ authorization: 'Bearer of-ours' }) },
    pauses: { firstMs: 50, longestMs: 200 },
  });
  bed = await openBed({ teams: [team], caching: ['uncached'] });
});
afterAll(async () => {
  await bed.close();
  await server.close();
});

async function open(text: string): Promise<CaseDriver> {
  const driver = await openCase(bed, team, { message: { id: 'first', text } }, 'uncached');
  await driver.decide('approve', 'ann');
  return driver;
}

/** The key of the task of a case: its context at the other side. */
async function contextOf(driver: CaseDriver): Promise<string> {
  const view = await driver.until((one) => one.owner === 'parcels' && one.effects[0]?.status === 'committed');
  return view.effects[0]?.key ?? '';
}

test('hours at another vendor are a timer: taken, asked about, brought back with what it found', async () => {
  const driver = await open('Where is my parcel?');
  const context = await contextOf(driver);
  expect(server.headers[0]).toMatchObject({ authorization: 'Bearer of-ours', 'a2a-version': '1.0' });
  await server.move(context, {
    state: 'TASK_STATE_COMPLETED',
    text: 'In Lyon.',
    data: { topic: 'Lyon', order: 'no' },
  });
  expect(await driver.result()).toMatchObject({
    outcome: { outcome: 'back' },
    path: ['triage', 'parcels', 'triage'],
  });
  const view = await driver.view();
  expect(view.transcript.map((one) => one.text)).toEqual(
    expect.arrayContaining(['In Lyon.', '{"order":"A1","topic":"Lyon"}']),
  );
  expect(view.effects).toMatchObject([{ tool: 'remote-task', status: 'committed', undo: 'irreversible' }]);
  expect(server.methods.filter((one) => one === 'SendMessage')).toHaveLength(1);
  const events = await eventsOf(bed.client, driver.id);
  expect(events.some((event) => event.timerFiredEventAttributes)).toBe(true);
  const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
  expect(stored).toEqual(told);
});

test('rejected declines: nobody let go of the case', async () => {
  const driver = await open('Please refuse this');
  const view = await driver.until((one) => one.stage === 'waiting-user');
  expect(view).toMatchObject({
    owner: 'triage',
    path: ['triage'],
    handoffs: [{ status: 'declined' }],
    effects: [],
  });
  expect(view.transcript.at(-1)?.text).toContain('We do no such thing.');
  await driver.handle.cancel();
  await driver.result();
});

test('what it wants to know the user is asked; a human asked for ends its task', async () => {
  const driver = await open('which one');
  await driver.until((one) => one.owner === 'parcels' && one.stage === 'waiting-user');
  expect((await driver.view()).transcript.at(-1)).toMatchObject({
    text: 'Which parcel?',
    from: { name: 'parcels' },
  });
  await driver.say('The red one');
  const context = await contextOf(driver);
  await driver.until((one) => one.stage === 'working');
  expect(server.messages.filter((one) => one.contextId === context)).toHaveLength(2);
  await driver.handle.signal('ask-for-human', { by: 'user' });
  await driver.until((one) => one.owner === 'people:desk');
  const state = async (): Promise<TaskState | undefined> => (await server.taskOf(context))?.status?.state;
  await until(async () => (await state()) === TaskState.TASK_STATE_CANCELED, { limitMs: 60_000 });
  expect(await state()).toBe(TaskState.TASK_STATE_CANCELED);
  await driver.handle.cancel();
  expect(await driver.result()).toMatchObject({ saga: 'partly-compensated' });
});

test('terminated while it is worked on: redriven, the task is ended over there, and nothing is sent again', async () => {
  const driver = await open('Please find it');
  const context = await contextOf(driver);
  await driver.handle.terminate('an operator was in a hurry');
  const sent = server.methods.filter((one) => one === 'SendMessage').length;
  const baton = createBatonClient({ client: bed.client, ledger: bed.ledger, answerMs: 20_000 });
  const { opened } = await baton.reconcile({ caseId: driver.id, open: true });
  const followUp = driveCase(bed, bed.client.workflow.getHandle(String(opened[0])));
  const parked = await followUp.until((one) => one.stage === 'parked');
  expect(parked.effects).toMatchObject([{ tool: 'remote-task', undo: 'irreversible', status: 'committed' }]);
  await baton.redrive(followUp.id, { deadLetterId: 'd1', by: 'ann', reason: 'nobody waits for it' });
  expect(await followUp.result()).toMatchObject({ saga: 'partly-compensated' });
  expect((await server.taskOf(context))?.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
  expect((await followUp.view()).effects).toMatchObject([{ tool: 'remote-task', status: 'kept' }]);
  expect(server.methods.filter((one) => one === 'SendMessage')).toHaveLength(sent);
});
