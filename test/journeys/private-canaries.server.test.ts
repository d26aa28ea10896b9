/**
 * Everything that anybody says in a private team, planted and sought: in every event and query answer of the history
 * with no codec, search attributes, ledger rows, logs, and the files of all databases (X5).
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import type { Answer, Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import type { Review } from '../../contract/review.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { ContextStore, LedgerStore, ManifestStore } from '../../contract/ports.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer, type OwnedTemporalServer } from '../../scripts/temporal-server.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { runBatonHere } from '../command/run-here.ts';
import { agent, call, reply } from '../support/agents.ts';

const planted = new Map<string, string>();

/** A value that is found nowhere else, by the place that it is planted in. */
function canary(place: string): string {
  const word = `${place} canary-7q5z-${String(planted.size + 100)}`;
  if (!planted.has(place)) planted.set(place, word);
  return planted.get(place) ?? word;
}

/** A value that no text holds. */
const ACCOUNT = 918_273_645_546_372;

/** What tools were given, and people were shown, on the way. */
const shown: unknown[] = [];

const find = defineTool({
  name: 'find-account',
  description: 'finds an account',
  input: z.object({ account: z.string() }),
  effect: 'read',
  run: ({ input }) => {
    shown.push(input);
    return Promise.resolve({ kind: 'done', result: { holder: canary('result of a look') } });
  },
});
const write = defineTool({
  name: 'write-note',
  description: 'writes a note',
  input: z.object({ text: z.string(), amount: z.number() }),
  effect: 'write',
  approval: {
    pool: 'desk',
    when: { kind: 'above', field: 'amount', value: 10 },
    expiresMs: 600_000,
    question: 'Write it?',
  },
  run: ({ input }) =>
    Promise.resolve({ kind: 'done', result: { written: input.text, id: canary('result of an effect') } }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const refuse = defineTool({
  name: 'refuse-note',
  description: 'says no',
  input: z.object({ text: z.string() }),
  effect: 'write',
  run: ({ input }) => {
    shown.push(input);
    return Promise.resolve({ kind: 'refused', code: 'full', message: canary('refusal of a tool') });
  },
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const fail = defineTool({
  name: 'fail-note',
  description: 'fails',
  input: z.object({ text: z.string() }),
  effect: 'write',
  onFailure: 'return-to-agent',
  retry: { attempts: 1 },
  run: () => Promise.reject(new Error(canary('error of a tool'))),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

const desk = people('desk', { ann: { roles: ['lead'] }, ben: { roles: ['lead'] } });
const seen: Turn<JsonObject>[] = [];
const Story = z.object({
  story: z.string().optional(),
  account: z.number().optional(),
  deep: z.object({ inner: z.string() }).optional(),
  learnt: z.string().optional(),
  given: z.string().optional(),
});
let failures = 0;

function frontTurn(turn: Turn<JsonObject>): Answer | Promise<Answer> {
  seen.push(turn);
  if (turn.answers.length > 0) return reply(canary('words after tools'));
  if (turn.notices.length > 0) return reply(canary('words after a notice'));
  const word = turn.unanswered.at(-1)?.text.split(' ')[0] ?? '';
  switch (word) {
    case 'look':
      return call({ tool: 'find-account', arguments: { account: canary('argument of a look') } });
    case 'write':
      return call({
        tool: 'write-note',
        arguments: { text: canary('argument of an effect'), amount: 50 },
      });
    case 'refuse':
      return call({ tool: 'refuse-note', arguments: { text: canary('argument that is refused') } });
    case 'fail':
      return call({ tool: 'fail-note', arguments: { text: canary('argument that fails') } });
    case 'ask':
      return {
        intent: {
          kind: 'ask-review',
          question: canary('question of a review'),
          subject: { why: canary('subject of a review') },
        },
      };
    case 'throw':
      failures += 1;
      if (failures <= 2) throw new Error(canary('error of an agent'));
      return reply(canary('words after an error'));
    case 'misspell':
      return { intent: { kind: 'reply', [canary('misspelt name')]: 1 } } as unknown as Answer;
    case 'clerk':
    case 'legal':
      return {
        facts: { learnt: canary('fact that an agent learnt') },
        intent: {
          kind: 'transfer',
          to: word,
          reasonCode: 'letter',
          explanation: canary('explanation of a transfer'),
          facts: { story: canary('fact that crosses') },
          summary: { decision: canary('decision of a summary'), inputs: [], openQuestions: [] },
          completed: [canary('what is done')],
          remaining: [canary('what remains')],
          unable: [canary('what could not be done')],
        },
      };
    default:
      return {
        say: canary('words on the way'),
        facts: { learnt: canary('note of an agent') },
        recordsRead: [canary('record that was read')],
        provenance: { reason: canary('reason of a decision') },
        intent: { kind: 'reply', text: canary('reply of an agent') },
      };
  }
}

const front = agent('front', 'canary-front', frontTurn, {
  domain: 'front',
  accepts: Story,
  tools: [find, write, refuse, fail],
  authority: { 'write-note': { amount: 100 } },
});
const clerk = agent('clerk', 'canary-clerk', () => reply('never'), {
  accepts: Story,
  declines: () => canary('reason to decline'),
});
const legal = agent(
  'legal',
  'canary-legal',
  (turn) => {
    seen.push(turn);
    return turn.unanswered.at(-1)?.text.startsWith('bye') === true
      ? { intent: { kind: 'finish', outcome: 'done', text: canary('last words') } }
      : reply(canary('reply of the receiver'));
  },
  { domain: 'legal', accepts: Story },
);
const team = defineTeam({
  name: 'canary-clinic',
  start: front,
  edges: [
    edge(front, clerk),
    edge(front, legal, { context: { summary: true } }),
    edge(legal, front),
    escalate(front, desk),
  ],
  private: true,
});

const logged: string[] = [];
let folder: string;
let server: OwnedTemporalServer;
let environment: Readonly<Record<string, string>>;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let ledger: LedgerStore;
let manifests: ManifestStore;
let context: ContextStore;
let baton: BatonClient;
let stop: () => Promise<void>;

beforeAll(async () => {
  const filter = makeTelemetryFilterString({ core: 'INFO', other: 'ERROR' });
  Runtime.install({
    logger: new DefaultLogger('TRACE', (entry) => {
      logged.push(`${entry.message} ${String(entry.meta?.['error'])} ${stackOf(entry.meta?.['error'])}`);
      logged.push(
        Object.values(entry.meta ?? {})
          .map(String)
          .join(' '),
      );
    }),
    telemetryOptions: { logging: { filter, forward: {} } },
  });
  folder = await mkdtemp(path.join(tmpdir(), 'baton-canaries-'));
  server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  connection = await Connection.connect({ address });
  native = await NativeConnection.connect({ address });
  environment = {
    TEMPORAL_ADDRESS: address,
    BATON_PRIVATE_TEAMS: team.name,
    BATON_LEDGER_URL: `file:${path.join(folder, 'ledger.db')}`,
    BATON_CONTEXT_URL: `file:${path.join(folder, 'context.db')}`,
  };
  ledger = await openLedgerStore(String(environment['BATON_LEDGER_URL']));
  manifests = await openManifestStore(String(environment['BATON_LEDGER_URL']));
  context = await openContextAt(contextLocations(environment), cipherOfEnvironment(environment));
  client = new Client({ connection, namespace });
  const workers = await createWorkers({
    ...{ connection: native, namespace, teams: [team], ledger, manifests, context, graceMs: 200 },
    bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
  });
  const running = workers.run();
  stop = async () => {
    workers.stop();
    await running;
  };
  baton = createBatonClient({ client, ledger, context, privateTeams: [team.name] });
});
afterAll(async () => {
  await stop();
  await Promise.all([ledger.close(), manifests.close(), context.close(), native.close(), connection.close()]);
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function stackOf(error: unknown): string {
  for (let one = error, all = ''; ; one = one.cause) {
    if (!(one instanceof Error)) return all;
    all += `${one.message} ${String(one.stack)}`;
  }
}

/** Every byte of the files in a folder. */
async function bytesIn(place: string): Promise<Buffer> {
  const names = await readdir(place);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(path.join(place, name)))));
}

/** Everything that a history says, payloads as text. */
async function textOfHistory(handle: WorkflowHandle): Promise<string> {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
    else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) {
        texts.push(name);
        walk(member);
      }
  };
  walk((await handle.fetchHistory()).events);
  return texts.join('\n');
}

async function stageIs(caseId: string, stage: string, owner: string): Promise<void> {
  const there = await until(
    async () => {
      const status = await baton.status(caseId);
      return status.stage === stage && status.owner === owner;
    },
    { limitMs: 30_000 },
  );
  expect({ there, caseId, stage, owner }).toMatchObject({ there: true });
}

async function openReview(caseId: string): Promise<Review> {
  let found: Review | undefined;
  await until(
    async () => {
      found = (await baton.show(caseId)).reviews.find((one) => one.status === 'open');
      return found !== undefined;
    },
    { limitMs: 30_000 },
  );
  if (!found) throw new Error('no review is open');
  return found;
}

/** The user says something that the front agent knows what to do with, and waits for its answer. */
async function ask(caseId: string, word: string): Promise<void> {
  await baton.say(caseId, { messageId: word, text: `${word} ${canary(`message ${word}`)}` });
  await stageIs(caseId, 'waiting-user', 'front');
}

async function play(caseId: string): Promise<void> {
  await baton.open(
    {
      team: team.name,
      task: {
        definition: canary('task'),
        acceptance: [canary('acceptance')],
        constraints: { policies: [canary('policy of the task')] },
      },
      facts: { story: canary('opening fact'), account: ACCOUNT, deep: { inner: canary('nested fact') } },
      user: { id: 'user-1', name: canary('name'), preferences: { mail: canary('preference') } },
      message: { id: 'm1', text: canary('first message') },
    },
    { caseId },
  );
  await stageIs(caseId, 'waiting-user', 'front');
  await ask(caseId, 'look');
  await ask(caseId, 'refuse');
  await ask(caseId, 'fail');
  await ask(caseId, 'misspell');
  await ask(caseId, 'clerk');

  await baton.say(caseId, { messageId: 'write', text: 'write' });
  const asked = await openReview(caseId);
  shown.push(asked);
  const by = 'ann';
  const decision = { reviewId: asked.id, digest: asked.digest, by };
  await baton.decide(caseId, { ...decision, decision: 'ask', reason: canary('question to the user') });
  await baton.decide(caseId, {
    ...decision,
    decision: 'edit',
    edits: { text: canary('edited argument'), amount: 40 },
    reason: canary('reason of an edit'),
  });
  await stageIs(caseId, 'waiting-user', 'front');
  await baton.say(caseId, { messageId: 'ask', text: 'ask' });
  const question = await openReview(caseId);
  await baton.decide(caseId, {
    ...{ reviewId: question.id, digest: question.digest, by },
    decision: 'reject',
    reason: canary('reason to reject'),
  });
  await stageIs(caseId, 'waiting-user', 'front');

  await baton.say(caseId, { messageId: 'throw', text: 'throw' });
  await stageIs(caseId, 'parked', 'front');
  await baton.redrive(caseId, {
    ...{ deadLetterId: 'd1', by, reason: canary('reason to redrive') },
    correction: { given: canary('corrected fact') },
  });
  await stageIs(caseId, 'waiting-user', 'front');

  await baton.whisper(caseId, { by, note: canary('whisper') });
  await baton.takeOver(caseId, { by, reason: canary('reason to take over') });
  await stageIs(caseId, 'human', 'people:desk');
  await baton.reassign(caseId, { by, to: 'ben', reason: canary('reason to reassign') });
  await baton.reply(caseId, { by: 'ben', messageId: 'p1', text: canary('words of a person') });
  await baton.release(caseId, { by: 'ben', note: canary('note of a release') });
  await baton.giveBack(caseId, {
    ...{ by, note: canary('note of a give-back'), facts: { given: canary('fact of a person') } },
  });
  await stageIs(caseId, 'waiting-user', 'front');
  await baton.askForHuman(caseId, { reason: canary('wish for a human') });
  await stageIs(caseId, 'human', 'people:desk');
  await baton.giveBack(caseId, { by, note: 'back' });
  await stageIs(caseId, 'waiting-user', 'front');

  await baton.say(caseId, { messageId: 'legal', text: 'legal' });
  await stageIs(caseId, 'waiting-user', 'legal');
}

test('nothing that anybody says stands anywhere but in the context store, and whoever may reads all of it', async () => {
  const caseId = 'clinic-1';
  await play(caseId);
  const handle = client.workflow.getHandle(caseId);
  const view = await baton.show(caseId);
  const answers = JSON.stringify([
    await handle.query('show'),
    await handle.query('transcript'),
    await handle.query('status'),
  ]);
  await baton.say(caseId, { messageId: 'bye', text: 'bye' });
  await baton.result(caseId);
  await baton.open({ team: team.name, task: { definition: 'control-in-clear' } }, { caseId: 'control-case' });

  const { raw, memo, typedSearchAttributes } = await handle.describe();
  const described = JSON.stringify([raw, memo, typedSearchAttributes], (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
  );
  const rows = await ledger.read(view.trace);
  const places: Readonly<Record<string, { readonly includes: (word: string) => boolean }>> = {
    history: await textOfHistory(handle),
    queries: answers,
    described,
    ledger: JSON.stringify(rows),
    logs: logged.join('\n'),
    "the server's database": await bytesIn(path.dirname(server.databaseFile)),
    'our databases': await bytesIn(folder),
  };
  // The controls: a search that finds nothing must be able to find something.
  expect(places["the server's database"]?.includes('control-case')).toBe(true);
  expect(places['our databases']?.includes('review-opened')).toBe(true);
  expect(places['logs']?.includes('Activity failed')).toBe(true);
  expect(places['history']?.includes('baton:kept-text:')).toBe(true);
  expect(planted.size).toBeGreaterThan(50);
  const sought = [...planted.values(), String(ACCOUNT), 'canary-7q5z'];
  for (const [place, text] of Object.entries(places))
    expect({ place, found: sought.filter((word) => text.includes(word)) }).toEqual({ place, found: [] });

  // Whoever has the context store reads what they always read: people, the follower of the ledger, and agents.
  const followed: unknown[] = [];
  for await (const row of baton.follow(caseId)) followed.push(row);
  const read = JSON.stringify([view, await baton.show(caseId), followed, seen, shown]);
  expect([...planted].filter(([, word]) => !read.includes(word)).map(([place]) => place)).toEqual([]);
  expect([read.includes(String(ACCOUNT)), read.includes('baton:kept-text:')]).toEqual([true, false]);
  const handed = seen.find((turn) => turn.transfer?.to === 'legal');
  expect(handed?.facts).toMatchObject({ story: canary('fact that crosses') });
  expect(handed?.transfer?.summary?.decision).toBe(canary('decision of a summary'));
  const crossed = view.handoffs.find((one) => one.to === 'legal')?.context;
  expect(crossed?.arrived).toBe(crossed?.crossed);
  expect(crossed?.referenced).toContain('story');
  expect((await baton.verify(caseId)).ok).toBe(true);
  expect(await runBatonHere(['replay', caseId, '--json'], { environment })).toMatchObject({ exitCode: 0 });
});
