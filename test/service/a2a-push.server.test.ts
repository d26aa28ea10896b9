import { TaskState, type Task, type TaskPushNotificationConfig } from '@a2a-js/sdk';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { pushUrlFault } from '../../contract/a2a-push.ts';
import { until } from '../../scripts/ports.ts';
import { agent, finish, reply } from '../support/agents.ts';
import { openBed, unique } from '../support/bed.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { saying, serveHouse, type ServedHouse } from './served-house.ts';

const clerk = agent('clerk', unique('pushed'), (turn) =>
  turn.unanswered.some((one) => one.text === 'bye')
    ? finish('done', 'Goodbye, secret word.')
    : reply('Which parcel?'),
);
const team = defineTeam({
  name: unique('pushers'),
  start: clerk,
  edges: [escalate(clerk, people('desk', { ann: { roles: ['lead'] } }))],
});

let house: ServedHouse;
let receiver: WebhookReceiver;
/** Fails its first request. */
let shaky: WebhookReceiver;
let gone: WebhookReceiver;
beforeAll(async () => {
  receiver = await startReceiver();
  shaky = await startReceiver((response, _received, nth) => response.writeHead(nth === 0 ? 503 : 200).end());
  gone = await startReceiver((response) => response.writeHead(410).end());
  const allowedHosts = [receiver.host, shaky.host, gone.host];
  const settings = { version: '1.0.0', allowedHosts } as const;
  house = await serveHouse(team, {
    bed: { pushes: settings },
    service: ({ configs }) => (configs ? { a2aPush: { settings, configs } } : {}),
  });
});
afterAll(async () => {
  await house.close();
  await Promise.all([receiver.close(), shaky.close(), gone.close()]);
});

function config(taskId: string, more: Partial<TaskPushNotificationConfig> = {}): TaskPushNotificationConfig {
  return {
    ...{ tenant: '', id: '', taskId, url: receiver.url, token: '', authentication: undefined },
    ...more,
  };
}

interface Pushed {
  readonly statusUpdate: {
    readonly taskId: string;
    readonly contextId: string;
    readonly status: { readonly state: string };
  };
}

/** What a receiver was told of a task, once it was told so much. */
async function toldOf(by: WebhookReceiver, id: string, atLeast: number): Promise<readonly Pushed[]> {
  const all = (): readonly Pushed[] =>
    by.received
      .map(({ body }) => JSON.parse(body) as Pushed)
      .filter(({ statusUpdate }) => statusUpdate.taskId === id);
  await until(() => Promise.resolve(all().length >= atLeast), { limitMs: 90_000 });
  return all();
}

test('told of a question and of the end, with the token and the credentials of the client, and no words', async () => {
  const client = await house.clientOf('shop');
  expect((await client.getAgentCard()).capabilities?.pushNotifications).toBe(true);
  const authentication = { scheme: 'Bearer', credentials: 'of the client' };
  const { id } = (await client.sendMessage({
    ...saying('m-1', 'Hello'),
    configuration: {
      acceptedOutputModes: [],
      historyLength: undefined,
      returnImmediately: true,
      taskPushNotificationConfig: config('', { token: 'token-of-the-client', authentication }),
    },
  })) as Task;
  const [asked] = await toldOf(receiver, id, 1);
  expect(asked).toEqual({
    statusUpdate: {
      taskId: id,
      contextId: 'context-1',
      status: { state: 'TASK_STATE_INPUT_REQUIRED', timestamp: expect.any(String) as string },
    },
  });
  expect(receiver.received[0]?.headers).toMatchObject({
    'content-type': 'application/a2a+json',
    'x-a2a-notification-token': 'token-of-the-client',
    authorization: 'Bearer of the client',
    'webhook-id': expect.stringMatching(/^evt_/) as string,
  });
  await client.sendMessage(saying('m-2', 'bye', { taskId: id }));
  const all = await toldOf(receiver, id, 3);
  expect(all.at(-1)?.statusUpdate.status.state).toBe('TASK_STATE_COMPLETED');
  expect(receiver.received.map(({ body }) => body).join()).not.toContain('secret word');
  // Nothing more will come of it, so it is forgotten.
  await until(
    async () =>
      (await client.listTaskPushNotificationConfig({ tenant: '', taskId: id, pageSize: 0, pageToken: '' }))
        .configs.length === 0,
    {
      limitMs: 60_000,
    },
  );
  expect(await house.bed.configs?.list(id)).toEqual([]);
});

test('another deployment in the namespace, with cases and a database of its own, takes none of its pushes', async () => {
  const clerks = defineTeam({
    name: unique('others'),
    start: agent('clerk', unique('others'), () => reply('Which parcel?')),
    edges: [],
    escalation: people('desk', { ann: { roles: ['lead'] } }),
  });
  const other = await openBed({
    teams: [clerks],
    pushes: { version: '1.0.0', allowedHosts: [receiver.host] },
  });
  try {
    const client = await house.clientOf('shop');
    for (let count = 0; count < 8; count += 1) {
      const { id } = (await client.sendMessage({
        ...saying(`m-apart-${String(count)}`, 'Hello'),
        configuration: {
          acceptedOutputModes: [],
          historyLength: undefined,
          returnImmediately: true,
          taskPushNotificationConfig: config(''),
        },
      })) as Task;
      expect(await toldOf(receiver, id, 1)).toHaveLength(1);
    }
  } finally {
    await other.close();
  }
});

test('set, read, listed and deleted; what fails is sent again, and 410 is the end of it', async () => {
  const client = await house.clientOf('shop');
  const { id } = (await client.sendMessage(saying('m-many', 'Hello'))) as Task;
  await until(
    async () =>
      (await client.getTask({ tenant: '', id })).status?.state === TaskState.TASK_STATE_INPUT_REQUIRED,
    { limitMs: 60_000 },
  );
  const made = await client.createTaskPushNotificationConfig(config(id, { id: 'first', token: 't' }));
  expect(made).toMatchObject({ id: 'first', taskId: id, url: receiver.url, token: 't' });
  const list = { tenant: '', taskId: id, pageSize: 0, pageToken: '' };
  expect(await client.getTaskPushNotificationConfig({ tenant: '', taskId: id, id: 'first' })).toEqual(made);
  await client.createTaskPushNotificationConfig(config(id, { id: 'shaky', url: shaky.url }));
  await client.createTaskPushNotificationConfig(config(id, { id: 'gone', url: gone.url }));
  const named = await client.createTaskPushNotificationConfig(config(id));
  expect(named.id).not.toBe('');
  await client.deleteTaskPushNotificationConfig({ tenant: '', taskId: id, id: named.id });
  await client.deleteTaskPushNotificationConfig({ tenant: '', taskId: id, id: 'first' });
  await client.deleteTaskPushNotificationConfig({ tenant: '', taskId: id, id: 'first' });
  expect((await client.listTaskPushNotificationConfig(list)).configs.map((one) => one.id)).toEqual([
    'gone',
    'shaky',
  ]);
  await expect(
    client.getTaskPushNotificationConfig({ tenant: '', taskId: id, id: 'first' }),
  ).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' });
  await client.sendMessage(saying('m-red', 'The red one', { taskId: id }));
  const again = await toldOf(shaky, id, 2);
  expect(again).toHaveLength(2);
  expect(shaky.received[1]?.headers['webhook-id']).toBe(shaky.received[0]?.headers['webhook-id']);
  await until(
    async () =>
      (await client.listTaskPushNotificationConfig(list)).configs.every(({ id: one }) => one !== 'gone'),
    { limitMs: 60_000 },
  );
  expect((await client.listTaskPushNotificationConfig(list)).configs.map((one) => one.id)).toEqual(['shaky']);
  expect(await toldOf(receiver, id, 0)).toEqual([]);
});

test.each([
  ['an inner address', { url: 'https://169.254.169.254/latest/meta-data' }, /url: an address outside/],
  ['this host', { url: 'https://localhost/hook' }, /url: an address outside/],
  ['an address in clear', { url: 'http://client.example/hook' }, /url: https/],
  ['a name and a password', { url: 'https://a:b@client.example/' }, /url: no name or password/],
  ['no address', { url: 'nowhere' }, /url: an absolute address/],
  ['a token with a line break', { token: 'a\r\nx-evil: 1' }, /token: visible ASCII/],
  ['a scheme that is none', { authentication: { scheme: 'Bear er', credentials: 'x' } }, /scheme/],
  ['an id that is none', { id: '../x' }, /id: up to 200/],
])('%s is refused, and said why', async (_what, more, why) => {
  const client = await house.clientOf('shop');
  const { id } = (await client.sendMessage(saying('m-refused', 'Hello'))) as Task;
  await expect(client.createTaskPushNotificationConfig(config(id, more))).rejects.toThrow(why);
  expect(await house.bed.configs?.list(id)).toEqual([]);
});

test('configurations are for those whose task it is, and only so many', async () => {
  const client = await house.clientOf('shop');
  const { id } = (await client.sendMessage(saying('m-others', 'Hello'))) as Task;
  const other = await house.clientOf('acme-shop');
  const unknown = { reason: 'TASK_NOT_FOUND' };
  const one = { tenant: '', taskId: id, id: 'p0' };
  for (let count = 0; count < 10; count += 1)
    await client.createTaskPushNotificationConfig(config(id, { id: `p${String(count)}` }));
  await expect(client.createTaskPushNotificationConfig(config(id))).rejects.toThrow(/up to 10/);
  await expect(other.createTaskPushNotificationConfig(config(id))).rejects.toMatchObject(unknown);
  await expect(other.getTaskPushNotificationConfig(one)).rejects.toMatchObject(unknown);
  await expect(
    other.listTaskPushNotificationConfig({ tenant: '', taskId: id, pageSize: 0, pageToken: '' }),
  ).rejects.toMatchObject(unknown);
  await expect(other.deleteTaskPushNotificationConfig(one)).rejects.toMatchObject(unknown);
  expect(await house.bed.configs?.list(id)).toHaveLength(10);
});

test('addresses outside are let through, those of inner networks are not', () => {
  const ofOwn = ['127.0.0.1:9000'];
  for (const url of ['https://client.example', 'https://8.8.8.8/x', 'http://127.0.0.1:9000/x'])
    expect(pushUrlFault(url, ofOwn)).toBeUndefined();
  for (const host of [
    '10.1.2.3',
    '127.0.0.1',
    '2130706433',
    '172.20.0.1',
    '192.168.1.1',
    '[::1]',
    '[fd00::1]',
    '[::ffff:10.0.0.1]',
    'a.localhost',
    '0.0.0.0',
    '100.64.0.1',
  ])
    expect([host, pushUrlFault(`https://${host}/x`, ofOwn)]).toEqual([
      host,
      expect.stringContaining('inner network'),
    ]);
});
