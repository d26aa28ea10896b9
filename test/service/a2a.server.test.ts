import { TaskState, type Task } from '@a2a-js/sdk';
import type { Client } from '@a2a-js/sdk/client';
import type { FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { defineA2aAgent } from '../../activities/a2a/define-a2a-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { createBatonClient, type BatonClient } from '../../client/index.ts';
import { HANDOFF_EXTENSION } from '../../contract/a2a.ts';
import { freePort } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { agent, call, Facts, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { driveCase, openCase } from '../support/case-driver.ts';
import { accessForAll, keyOf, type PrincipalName } from './principals.ts';
import { saying, sdkClientAt } from './served-house.ts';

const pool = unique('served');
const books = new Set<string>();
const desk = people('desk', { ann: { roles: ['lead'] } });

/** Books what it is told to, then asks; a second message ends it. */
function servedTeam(): Team {
  const book = defineTool({
    name: 'book',
    description: 'Books a parcel',
    input: z.object({ order: z.string() }),
    effect: 'write',
    run: ({ input, key }) => {
      books.add(`${key} ${input.order}`);
      return Promise.resolve({ kind: 'done', result: null });
    },
    undo: ({ input, key }) => {
      const { order } = input as { readonly order: string };
      books.delete(`${key} ${order}`);
      return Promise.resolve({ kind: 'undone' });
    },
  });
  const clerk = agent(
    'clerk',
    pool,
    (turn) => {
      const { order } = turn.facts as { readonly order?: string };
      if (turn.unanswered.some((one) => one.text === 'bye')) return finish('done', 'Goodbye.');
      if (order !== undefined && turn.effects.length === 0)
        return call({ tool: 'book', arguments: { order } });
      return reply(`Which parcel? (${order ?? 'no order'})`);
    },
    { accepts: Facts, tools: [book] },
  );
  return defineTeam({ name: unique('clerks'), start: clerk, edges: [escalate(clerk, desk)] });
}

let bed: Bed;
let baton: BatonClient;
let app: FastifyInstance;
let url: string;
const served = servedTeam();
let outer: Team;

beforeAll(async () => {
  const issuer = await generateKeyPair('ES256', { extractable: true });
  // The address must stand in the card, and so in the team, before anything is built.
  const service = async (port: number): Promise<FastifyInstance> => {
    const made = await createService({
      baton,
      access: accessForAll(),
      a2a: [
        {
          team: served.name,
          description: 'Books parcels',
          version: '1.0.0',
          url: `http://127.0.0.1:${String(port)}`,
          cardKey: { ...(await exportJWK(issuer.privateKey)), kid: 'clerks-1', alg: 'ES256' },
        },
      ],
    });
    await made.listen({ port, host: '127.0.0.1' });
    return made;
  };
  const port = await freePort();
  url = `http://127.0.0.1:${String(port)}`;
  const triage = agent('triage', pool, () => transfer('parcels', { order: 'A1' }));
  const parcels = defineA2aAgent({
    name: 'parcels',
    version: '1.0.0',
    domain: 'test',
    scope: 'books parcels',
    accepts: Facts,
    pool,
    effects: 'cancellable',
    pauses: { firstMs: 50, longestMs: 200 },
    at: {
      card: `${url}/a2a/${served.name}/.well-known/agent-card.json`,
      headers: () => ({ authorization: `Bearer ${keyOf('shop')}` }),
      cardKeys: [{ ...(await exportJWK(issuer.publicKey)), kid: 'clerks-1' }],
    },
  });
  outer = defineTeam({
    name: unique('outer'),
    start: triage,
    edges: [edge(triage, parcels), edge(parcels, triage), escalate(triage, desk)],
  });
  bed = await openBed({ teams: [served, outer] });
  baton = createBatonClient({ client: bed.client, ledger: bed.ledger, answerMs: 8_000 });
  const queue = bed.caseQueue();
  const open = baton.open.bind(baton);
  baton = { ...baton, open: (input, options) => open(input, { ...options, queue }) };
  app = await service(port);
});
afterAll(async () => {
  await app.close();
  await bed.close();
});

const clientOf = (principal: PrincipalName): Promise<Client> =>
  sdkClientAt(`${url}/a2a/${served.name}`, keyOf(principal));

async function until(client: Client, id: string, state: TaskState): Promise<Task> {
  for (let round = 0; round < 200; round += 1) {
    const task = await client.getTask({ tenant: '', id });
    if (task.status?.state === state) return task;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${id} never was in state ${String(state)}`);
}

const lists = {
  tenant: '',
  status: TaskState.TASK_STATE_UNSPECIFIED,
  pageToken: '',
  statusTimestampAfter: undefined,
};

test('the official client opens, repeats, goes on, lists and ends; others find nothing', async () => {
  const client = await clientOf('shop');
  const first = (await client.sendMessage(saying('m-1', 'Hello'))) as Task;
  const again = (await client.sendMessage(saying('m-1', 'Hello'))) as Task;
  expect(again.id).toBe(first.id);
  const asked = await until(client, first.id, TaskState.TASK_STATE_INPUT_REQUIRED);
  expect(asked).toMatchObject({
    contextId: 'context-1',
    status: { message: { parts: [{ content: { value: 'Which parcel? (no order)' } }] } },
  });
  await client.sendMessage(saying('m-2', 'bye', { taskId: first.id }));
  const done = await until(client, first.id, TaskState.TASK_STATE_COMPLETED);
  expect(done.artifacts[0]?.parts[0]?.content?.value).toBe('Goodbye.');
  const { tasks } = await client.listTasks({ ...lists, contextId: 'context-1' });
  expect(tasks.map((one) => one.id)).toEqual([first.id]);

  const other = await clientOf('acme-shop');
  await expect(other.getTask({ tenant: '', id: first.id })).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  });
  await expect(client.getTask({ tenant: '', id: 'case-of-another-door' })).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  });
  await expect(client.cancelTask({ tenant: '', id: first.id, metadata: undefined })).rejects.toMatchObject({
    reason: 'TASK_NOT_CANCELABLE',
  });
});

test.each([
  ['no id', saying('', 'Hello')],
  ['a context that is none', saying('m', 'Hello', { contextId: "a' OR 1=1" })],
  ['a handoff that is none', saying('m', 'Hello', { metadata: { [HANDOFF_EXTENSION]: { version: '9' } } })],
  ['too long a message', saying('m-long', 'x'.repeat(100_000))],
])('a message with %s is refused', async (_what, request) => {
  const client = await clientOf('shop');
  await expect(client.sendMessage(request)).rejects.toMatchObject({
    name: expect.stringMatching(/Malformed|Error/) as string,
  });
});

test('nobody without a key gets in, and only 1.0 is spoken', async () => {
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (
      await fetch(`${url}/a2a/${served.name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{}',
      })
    ).status;
  expect(await ask({ 'a2a-version': '1.0' })).toBe(401);
  expect(await ask({ authorization: `Bearer ${keyOf('shop')}` })).toBe(400);
});

test('between two teams: facts cross, the question comes back, and a cancelled case is taken back on both sides', async () => {
  const driver = await openCase(bed, outer, { message: { id: 'first', text: 'Book it' } });
  const view = await driver.until((one) => one.owner === 'parcels' && one.stage === 'waiting-user');
  expect(view.transcript.at(-1)?.text).toBe('Which parcel? (A1)');
  expect(view.effects).toMatchObject([{ tool: 'remote-task', undo: 'by-key', status: 'committed' }]);
  expect([...books]).toEqual([expect.stringContaining('A1')]);
  await driver.handle.cancel();
  expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' }, saga: 'compensated' });
  expect([...books]).toEqual([]);
});

test('terminated while it waits: the task elsewhere is found, and ended once a person says so', async () => {
  const driver = await openCase(bed, outer, { message: { id: 'first', text: 'Book it' } });
  await driver.until((one) => one.owner === 'parcels' && one.stage === 'waiting-user');
  const before = [...books];
  expect(before).toHaveLength(1);
  await driver.handle.terminate('an operator was in a hurry');
  const { orphaned, opened } = await baton.reconcile({ caseId: driver.id, open: true });
  expect(orphaned).toMatchObject([
    {
      team: outer.name,
      effects: [
        {
          tool: 'remote-task',
          agent: 'parcels',
          outcome: 'committed',
          arguments: { taskId: expect.any(String) as string },
        },
      ],
    },
  ]);
  const followUp = driveCase(bed, bed.client.workflow.getHandle(String(opened[0])));
  await followUp.until((one) => one.stage === 'parked');
  await baton.redrive(followUp.id, { deadLetterId: 'd1', by: 'ann', reason: 'nobody waits for it' });
  expect(await followUp.result()).toMatchObject({ saga: 'compensated' });
  expect([...books]).toEqual([]);
});
