import { TaskState, type StreamResponse, type Task } from '@a2a-js/sdk';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { until } from '../../scripts/ports.ts';
import { agent, Facts, finish, reply, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { createGates } from '../support/gates.ts';
import { readEvents, type EventReader } from './read-events.ts';
import { accessForAll, keyOf, type PrincipalName } from './principals.ts';
import { saying, serveHouse, type ServedHouse } from './served-house.ts';

const pool = unique('streamed');
const desk = people('desk', { ann: { roles: ['lead'] } });

const gates = createGates();
/** Few, so that all of them are open at the same time on a busy machine, too. */
const STREAMS_AT_ONCE = 5;

/** Hands on what it is asked, with a word; people get what is said to be theirs. Waits at a gate that it is told of. */
const clerk = agent('clerk', pool, async (turn) => {
  const words = turn.unanswered.map((one) => one.text).join(' ');
  await passGate(words, turn.signal);
  if (words.includes('bye')) return finish('done', 'Goodbye.');
  if (words.includes('people'))
    return { intent: { kind: 'escalate', reasonCode: 'asked', explanation: 'people' } };
  return { ...transfer('porter'), say: 'One moment.' };
});
const porter = agent(
  'porter',
  pool,
  async (turn) => {
    const words = turn.unanswered.map((one) => one.text).join(' ');
    await passGate(words, turn.signal);
    return words.includes('bye') ? finish('done', 'Goodbye.') : reply('Which parcel?');
  },
  { accepts: Facts },
);
const team = defineTeam({
  name: unique('streamers'),
  start: clerk,
  edges: [edge(clerk, porter), edge(porter, clerk), escalate(clerk, desk), escalate(porter, desk)],
});

async function passGate(words: string, signal: AbortSignal): Promise<void> {
  const [, name] = /gate:(\w+)/.exec(words) ?? [];
  if (name !== undefined) await gates.pass(name, signal);
}

let house: ServedHouse;
const readers: EventReader[] = [];
beforeAll(async () => {
  house = await serveHouse(team, {
    service: () => ({ access: accessForAll({ streamsAtOnce: STREAMS_AT_ONCE }) }),
  });
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.leave();
});
afterAll(() => house.close());

/** What a stream says, a word for each thing. */
function outline({ payload }: StreamResponse): string {
  switch (payload?.$case) {
    case 'task':
      return 'task';
    case 'statusUpdate': {
      const { status } = payload.value;
      const words = status?.message?.parts[0]?.content?.value as string | undefined;
      const state = String(TaskState[status?.state ?? 0]).replace('TASK_STATE_', '');
      return `${state} ${words ?? ''}`.trim();
    }
    case 'artifactUpdate':
      return `artifact ${String(payload.value.artifact?.parts[0]?.content?.value)}`;
    case 'message':
    case undefined:
      return 'nothing that a task says';
  }
}

/** All of a stream; once it has begun, a gate is opened. */
async function all(stream: AsyncIterable<StreamResponse>, gate?: string): Promise<readonly StreamResponse[]> {
  const heard: StreamResponse[] = [];
  for await (const one of stream) {
    heard.push(one);
    if (gate !== undefined) gates.open(gate);
  }
  return heard;
}

function taskIn([first]: readonly StreamResponse[]): Task {
  if (first?.payload?.$case !== 'task') throw new Error('a stream begins with its task');
  return first.payload.value;
}

/** The same over plain HTTP: ids of events, and going away in the middle. */
async function subscribe(by: PrincipalName, id: string, headers: object = {}): Promise<EventReader> {
  const reader = await readEvents(
    house.url,
    {
      authorization: `Bearer ${keyOf(by)}`,
      'a2a-version': '1.0',
      ...headers,
    },
    { jsonrpc: '2.0', id: 7, method: 'SubscribeToTask', params: { id } },
  );
  readers.push(reader);
  return reader;
}

test('words and states come as the case goes; a question ends the stream, and so does the end', async () => {
  const client = await house.clientOf('shop');
  const first = await all(client.sendMessageStream(saying('m-1', 'Hello gate:one')), 'one');
  expect(first.map(outline)).toEqual(['task', 'WORKING One moment.', 'INPUT_REQUIRED Which parcel?']);
  const { id, contextId } = taskIn(first);
  expect(contextId).toBe('context-1');
  const again = await all(client.sendMessageStream(saying('m-1', 'Hello gate:one')));
  expect(taskIn(again).id).toBe(id);
  expect(again.map(outline)).toEqual(['task', 'INPUT_REQUIRED Which parcel?']);
  const second = await all(client.sendMessageStream(saying('m-2', 'bye gate:two', { taskId: id })), 'two');
  expect(second.map(outline)).toEqual(['task', 'artifact Goodbye.', 'COMPLETED Goodbye.']);
  const after = await client.getTask({ tenant: '', id });
  expect(after.status?.state).toBe(TaskState.TASK_STATE_COMPLETED);
  await expect(all(client.resubscribeTask({ tenant: '', id }))).rejects.toMatchObject({
    reason: 'UNSUPPORTED_OPERATION',
  });
});

test('who drops the connection comes back and hears what is, and all that follows', async () => {
  const client = await house.clientOf('shop');
  const stream = client.sendMessageStream(saying('m-people', 'people, please'));
  const opened = await stream.next();
  if (opened.done) throw new Error('nothing was said');
  const { id } = taskIn([opened.value]);
  await until(async () => (await house.baton.status(id)).stage === 'human', { limitMs: 60_000 });
  const before = await subscribe('shop', id);
  const [task] = await before.readUntil(() => true);
  expect(task?.data).toMatchObject({
    jsonrpc: '2.0',
    id: 7,
    result: { task: { id, status: { state: 'TASK_STATE_WORKING' } } },
  });
  before.leave();
  await stream.return();
  await house.baton.claim(id, { by: 'ann' });
  await house.baton.reply(id, { by: 'ann', messageId: 'r-1', text: 'I look into it.' });
  // Where it went on is told as it came, to who says up to where they know; the task itself has it either way.
  const back = await subscribe('shop', id, { 'last-event-id': task?.id });
  const [now, word] = await back.readUntil(({ data }) => 'statusUpdate' in (data['result'] as object));
  expect(now?.data).toMatchObject({ result: { task: { status: { message: { messageId: 'r-1' } } } } });
  expect(word?.data).toMatchObject({
    result: { statusUpdate: { taskId: id, status: { message: { messageId: 'r-1' } } } },
  });
  expect(Number(word?.id)).toBeGreaterThan(Number(task?.id));
  const anew = client.resubscribeTask({ tenant: '', id });
  // It is there before the case ends: a task that has ended is not followed.
  const begun = await anew.next();
  expect(begun.done === true ? '' : outline(begun.value)).toBe('task');
  const rest = all(anew);
  await house.baton.reply(id, { by: 'ann', messageId: 'r-2', text: 'Found it.' });
  await back.readUntil(({ data }) => JSON.stringify(data).includes('Found it.'));
  await house.baton.resolve(id, { by: 'ann', outcome: 'found', note: 'it is there' });
  await back.readUntil(({ data }) => JSON.stringify(data).includes('TASK_STATE_COMPLETED'));
  expect((await rest).map(outline).slice(-2)).toEqual(['artifact Found it.', 'COMPLETED Found it.']);
});

test('a question that was asked is no end for who comes to it: the next one is', async () => {
  const client = await house.clientOf('shop');
  const { id } = taskIn(await all(client.sendMessageStream(saying('m-asked', 'Hello'))));
  const follower = await subscribe('shop', id);
  const [task] = await follower.readUntil(() => true);
  expect(task?.data).toMatchObject({ result: { task: { status: { state: 'TASK_STATE_INPUT_REQUIRED' } } } });
  await client.sendMessage(saying('m-more', 'The red one', { taskId: id }));
  const came = await follower.readUntil(({ data }) => JSON.stringify(data).includes('INPUT_REQUIRED'));
  expect(came.at(-1)?.data).toMatchObject({
    result: { statusUpdate: { status: { message: { parts: [{ text: 'Which parcel?' }] } } } },
  });
  await client.cancelTask({ tenant: '', id, metadata: undefined });
});

test('cancelled from elsewhere ends a stream, canceled', async () => {
  const client = await house.clientOf('shop');
  const { id } = taskIn(await all(client.sendMessageStream(saying('m-cancelled', 'Hello'))));
  const follower = await subscribe('shop', id);
  await follower.readUntil(() => true);
  await house.baton.cancel(id);
  const came = await follower.readUntil(({ data }) => JSON.stringify(data).includes('CANCELED'));
  expect(came.at(-1)?.event).toBe('message');
});

test('streams are for those whose task it is, up to so many, and refused like any other request', async () => {
  const client = await house.clientOf('shop');
  const { id } = taskIn(await all(client.sendMessageStream(saying('m-own', 'Hello'))));
  const other = await house.clientOf('acme-shop');
  await expect(all(other.resubscribeTask({ tenant: '', id }))).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  });
  await expect(all(other.sendMessageStream(saying('m-x', 'Hello', { taskId: id })))).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  });
  const uma = await house.clientOf('uma');
  await expect(all(uma.resubscribeTask({ tenant: '', id }))).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  });
  const ann = await house.clientOf('ann');
  await expect(all(ann.sendMessageStream(saying('m-ann', 'Hello')))).rejects.toThrow(/open is for/);
  await expect(all(client.sendMessageStream(saying('', 'Hello')))).rejects.toThrow(/messageId/);
  const nobody = await readEvents(house.url, { 'a2a-version': '1.0' }, { jsonrpc: '2.0', id: 1 });
  expect(nobody.status).toBe(401);
  const { id: own } = taskIn(await all(uma.sendMessageStream(saying('m-uma', 'Hello'))));
  const many = await Promise.all(Array.from({ length: STREAMS_AT_ONCE }, () => subscribe('uma', own)));
  expect(many.map(({ status }) => status)).toEqual(many.map(() => 200));
  expect((await subscribe('uma', own)).status).toBe(429);
});
