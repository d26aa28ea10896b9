/** The three kinds of state between two houses, each with workers and stores of its own (H8). */
import { TaskState, type Task } from '@a2a-js/sdk';
import { z } from 'zod';
import { defineA2aAgent } from '../../activities/a2a/define-a2a-agent.ts';
import type { Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { HANDOFF_EXTENSION } from '../../contract/a2a.ts';
import type { JsonObject } from '../../contract/json.ts';
import { until } from '../../scripts/ports.ts';
import { agent, Facts, finish, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { eventsOf } from '../support/ledger-of-history.ts';
import { memoryContext } from '../support/memory-context.ts';
import { keyOf } from './principals.ts';
import { saying, serveHouse, type ServedHouse } from './served-house.ts';

const pool = unique('two-houses');
const desk = people('desk', { ann: { roles: ['lead'] } });
const clerkSaw: Turn<JsonObject>[] = [];
const triageSaw: Turn<JsonObject>[] = [];
const Seen = z.object({ place: z.string() });

/** Takes up what was seen, and says what it found; of that, the house lets out two things, and nothing personal. */
const clerk = agent(
  'clerk',
  unique('clerk'),
  (turn) => {
    clerkSaw.push(turn);
    return {
      ...finish('found', 'In Lyon.'),
      recordsRead: ['depot/3'],
      workingMemory: {
        intent: 'canary-intent of the carrier',
        partialResults: { found: 'shelf 4, ask kim@carrier.com', draft: 'canary-draft', own: 'canary-own' },
      },
      provenance: { reason: 'canary-reason' },
    };
  },
  { workingMemory: { intent: true, partialResults: z.object({ seen: Seen }) } },
);
const served = defineTeam({
  name: unique('carriers'),
  start: clerk,
  edges: [escalate(clerk, desk)],
  private: true,
  handsBack: {
    workingMemory: {
      recordsRead: true,
      partialResults: z.object({ found: z.string(), draft: z.string() }),
    },
  },
});

let house: ServedHouse;
let outerBed: Bed;
let outer: ReturnType<typeof outerAt>;

function outerAt(url: string) {
  const triage = agent(
    'triage',
    pool,
    (turn) => {
      triageSaw.push(turn);
      if (turn.transfer?.verb === 'return') return finish('back');
      return {
        ...transfer('parcels', { order: 'A1' }),
        recordsRead: ['orders/1'],
        workingMemory: {
          intent: 'call +91 98765 40001 about it',
          partialResults: {
            seen: { place: 'Lyon, says a.b@shop.com', shelf: 'planted-deep' },
            own: 'planted-own',
          },
        },
      };
    },
    { workingMemory: { recordsRead: true, partialResults: z.object({ found: z.string() }) } },
  );
  const parcels = defineA2aAgent({
    ...{ name: 'parcels', version: '1.0.0', domain: 'carrier', scope: 'finds parcels', pool },
    accepts: Facts,
    effects: 'none',
    at: {
      card: `${url}/.well-known/agent-card.json`,
      headers: () => ({ authorization: `Bearer ${keyOf('shop')}` }),
    },
    workingMemory: {
      intent: true,
      recordsRead: true,
      partialResults: z.object({ seen: Seen, own: z.string() }),
    },
    returnsMemory: { recordsRead: true, partialResults: z.object({ found: z.string() }) },
    pauses: { firstMs: 50, longestMs: 200 },
  });
  return defineTeam({
    name: unique('shops'),
    start: triage,
    edges: [edge(triage, parcels), edge(parcels, triage), escalate(triage, desk)],
  });
}

beforeAll(async () => {
  const context = memoryContext();
  house = await serveHouse(served, {
    bed: { context },
    client: { context, privateTeams: [served.name] },
  });
  outer = outerAt(house.url);
  outerBed = await openBed({ teams: [outer], caching: ['uncached'] });
});
afterAll(async () => {
  await outerBed.close();
  await house.close();
});

/** Everything that a history says, payloads as text. */
async function textOf(bed: Bed, caseId: string): Promise<string> {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
    else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(await eventsOf(bed.client, caseId));
  return texts.join('\n');
}

test('intent, records and results go with the task and come back, cut and masked on both sides', async () => {
  const driver = await openCase(
    outerBed,
    outer,
    { message: { id: 'first', text: 'Where is it?' } },
    'uncached',
  );
  expect(await driver.result()).toMatchObject({
    outcome: { outcome: 'back' },
    path: ['triage', 'parcels', 'triage'],
  });
  // The other house: as its first agent takes it up, masked as the edge to it says.
  const [first] = clerkSaw;
  expect(first?.workingMemory).toEqual({
    intent: 'call ****0001 about it',
    partialResults: { seen: { place: 'Lyon, says a***@shop.com' } },
  });
  expect(first?.envelope.handedOver).toMatchObject({
    from: 'triage',
    effects: [],
    provenance: [{ agent: 'triage', decision: 'transfer parcels' }],
    takes: { recordsRead: true, partialResults: ['found'] },
  });
  // And back: what both houses name, without what is personal there.
  const back = triageSaw.at(-1);
  expect(back?.workingMemory).toMatchObject({
    recordsRead: expect.arrayContaining(['depot/3']) as string[],
    partialResults: { found: 'shelf 4, ask k***@carrier.com' },
  });
  expect(back?.envelope.provenance.at(-1)).toMatchObject({
    agent: 'parcels',
    elsewhere: { effects: [], provenance: [{ agent: 'clerk', decision: 'finish' }] },
  });
  expect(await textOf(outerBed, driver.id)).not.toMatch(/canary|kim@carrier/);
});

test('a private team keeps what it was handed, and what it hands back, out of its history', async () => {
  const [task] = await house.baton.list({ team: served.name, limit: 1 });
  const told = await textOf(house.bed, task?.caseId ?? '');
  expect(told).toContain('baton:kept-text:');
  expect(told).not.toMatch(/about it|Lyon, says|orders\/1|shelf 4|canary|planted|depot\/3/);
});

/** A handoff of a house of an earlier release: words and facts alone. */
const older = { version: '1.0.0', idempotencyKey: 'k-1', trace: 't-1', facts: {} };

async function ended(messageId: string, metadata: JsonObject | undefined): Promise<Task> {
  const client = await house.clientOf('shop');
  const { id } = (await client.sendMessage(saying(messageId, 'Where?', { metadata }))) as Task;
  const serviceParameters = { 'A2A-Extensions': HANDOFF_EXTENSION };
  const get = (): Promise<Task> => client.getTask({ tenant: '', id }, { serviceParameters });
  await until(async () => (await get()).status?.state === TaskState.TASK_STATE_COMPLETED, {
    limitMs: 60_000,
  });
  return get();
}

test('a house of an earlier release is served as ever, and told nothing more', async () => {
  const { metadata } = await ended('m-older', { [HANDOFF_EXTENSION]: older });
  expect(Object.keys(metadata?.[HANDOFF_EXTENSION] as JsonObject).sort()).toEqual([
    'caseId',
    'outcome',
    'saga',
    'stage',
    'version',
    'writes',
  ]);
  expect(clerkSaw.at(-1)?.envelope).not.toHaveProperty('handedOver');
});

test('whoever sends state and wants nothing back is told of writes and decisions alone', async () => {
  const { metadata } = await ended('m-plain', { [HANDOFF_EXTENSION]: { ...older, effects: [] } });
  expect(metadata?.[HANDOFF_EXTENSION]).toMatchObject({ effects: [], provenance: [{ agent: 'clerk' }] });
  expect(metadata?.[HANDOFF_EXTENSION]).not.toHaveProperty('memory');
});

test.each([
  [{ ...older, version: '2.0.0' }, 'VERSION_UNSUPPORTED', 'handoff.version', 'supported: 1.0.0'],
  [{ ...older, memory: { intent: 7 } }, 'INPUT_INVALID', 'handoff.memory.intent', 'handoff.memory.intent'],
  [
    { ...older, memory: { partialResults: { seen: 'x'.repeat(70_000) } } },
    'INPUT_INVALID',
    'handoff.memory.partialResults',
    'at most 65536 bytes',
  ],
])(
  'what is no handoff is refused by code and field, and opens nothing: %#',
  async (handoff, code, field, words) => {
    const client = await house.clientOf('shop');
    const before = (await house.baton.list({ team: served.name, limit: 100 })).length;
    const request = saying(unique('m'), 'Where?', { metadata: { [HANDOFF_EXTENSION]: handoff } });
    await expect(client.sendMessage(request)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`${code}.*${words}`)) as string,
      data: [expect.objectContaining({ reason: expect.any(String) as string, metadata: { code, field } })],
    });
    expect((await house.baton.list({ team: served.name, limit: 100 })).length).toBe(before);
  },
);
