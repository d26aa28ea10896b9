/** In a private team nothing that is said enters a payload at its doors, and no other domain's payload ever (X5). */
import { Connection, type Client } from '@temporalio/client';
import { z } from 'zod';
import type { Turn } from '../../activities/agent.ts';
import { createActivities } from '../../activities/create-activities.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import type { JsonObject } from '../../contract/json.ts';
import { SIGNALS } from '../../contract/messages.ts';
import { until } from '../../scripts/ports.ts';
import { failureFrom } from '../client/desk.ts';
import { runBatonHere } from '../command/run-here.ts';
import { agent, reply } from '../support/agents.ts';
import { quietRuntime, unique } from '../support/bed.ts';
import { addNamespace } from '../support/namespace.ts';
import { openPrivateBed, type PrivateBed } from '../support/private-bed.ts';

const PHONE = '+91 98765 40001';
const MAIL = 'canary.bird@example.com';
/** In the profile alone: no detector finds a name in prose. */
const NAME = 'Canary Sharma';
const CANARIES = [PHONE, MAIL, NAME];

const Person = z.object({ phone: z.string().meta({ pii: 'phone' }).optional() });
const desk = people('desk', { ann: { roles: ['lead'] } });
const seen: Turn<JsonObject>[] = [];
const legal = agent(
  'legal',
  'private-legal',
  (turn) => {
    seen.push(turn);
    const last = turn.unanswered.at(-1)?.text ?? '';
    if (last.startsWith('bye')) return { intent: { kind: 'finish', outcome: 'done' } };
    if (last.startsWith('human'))
      return { intent: { kind: 'escalate', reasonCode: 'asked', explanation: 'asked' } };
    return reply('legal has read it');
  },
  { domain: 'legal', accepts: Person },
);
const front = agent(
  'front',
  'private-front',
  (turn) => {
    seen.push(turn);
    return turn.unanswered.at(-1)?.text.startsWith('legal') === true
      ? {
          facts: { phone: PHONE },
          intent: { kind: 'transfer', to: 'legal', reasonCode: 'letter', explanation: `call ${PHONE}` },
        }
      : reply('front has read it');
  },
  { domain: 'front', accepts: Person },
);
const team = defineTeam({
  name: 'private-clinic',
  start: front,
  edges: [edge(front, legal, { context: { summary: true } }), escalate(legal, desk)],
  private: true,
});

let bed: PrivateBed;
let client: Client;
let baton: BatonClient;

beforeAll(async () => {
  quietRuntime();
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const namespace = unique('private');
  const connection = await Connection.connect({ address });
  await addNamespace(connection, namespace);
  await connection.close();
  bed = await openPrivateBed(team, { address, namespace });
  ({ client, baton } = bed);
});
afterAll(() => bed.close());

interface Told {
  readonly type: string;
  readonly activity: string;
  readonly text: string;
}

/** Every event of a case with all its payloads as text, and the activity that it belongs to. */
async function eventsOf(caseId: string): Promise<readonly Told[]> {
  const { events } = await client.workflow.getHandle(caseId).fetchHistory();
  const names = new Map<string, string>();
  return (events ?? []).map((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) names.set(String(event.eventId), String(scheduled.taskQueue?.name));
    const of = event.activityTaskCompletedEventAttributes?.scheduledEventId ?? event.eventId;
    const texts: string[] = [];
    const walk = (value: unknown): void => {
      if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
      else if (typeof value === 'string') texts.push(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
    };
    walk(event);
    return { type: String(event.eventType), activity: names.get(String(of)) ?? '', text: texts.join('\n') };
  });
}

async function stageIs(caseId: string, stage: string, owner: string): Promise<void> {
  const there = await until(
    async () => {
      const status = await baton.status(caseId);
      return status.stage === stage && status.owner === owner;
    },
    { limitMs: 60_000 },
  );
  expect({ there, caseId, stage, owner }).toMatchObject({ there: true });
}

function opening(): Parameters<BatonClient['open']>[0] {
  return {
    team: team.name,
    task: { definition: `help whoever is at ${PHONE}` },
    user: { id: unique('user'), name: NAME, preferences: { mail: MAIL } },
    message: { id: 'm1', text: `my mail is ${MAIL}` },
  };
}

test('planted values are in no event of the doors, in none of another domain, and the right agents read them', async () => {
  const from = seen.length;
  const input = opening();
  const { caseId } = await baton.open(input, { caseId: unique('clinic') });
  await stageIs(caseId, 'waiting-user', 'front');
  expect(await baton.open(input, { caseId })).toMatchObject({ joined: true });
  const where = { mediaType: 'application/pdf', bytes: 3, digest: 'a'.repeat(64) };
  const file = { name: `${MAIL}.pdf`, uri: `https://files.example.com/${MAIL}`, ...where };
  await baton.say(caseId, { messageId: 'f1', kind: 'file', text: '', file });
  await baton.say(caseId, { messageId: 'm2', text: `legal, please: ${PHONE}` });
  await stageIs(caseId, 'waiting-user', 'legal');
  await baton.say(caseId, { messageId: 'm3', text: `human, write to ${MAIL}` });
  await stageIs(caseId, 'human', 'people:desk');
  await baton.claim(caseId, { by: 'ann' });
  await baton.reply(caseId, { by: 'ann', messageId: 'p1', text: `we call ${PHONE}` });
  await baton.resolve(caseId, { by: 'ann', outcome: 'done', note: 'called' });
  await baton.result(caseId);

  // Whoever may read reads: the front agent everything, legal what its edge lets it see and what it is told itself.
  const turns = seen.slice(from);
  const [first, handed] = [turns[0], turns.find((turn) => turn.transfer?.to === 'legal')];
  expect(first?.task.definition).toBe(`help whoever is at ${PHONE}`);
  expect(first?.user).toMatchObject({ name: NAME, preferences: { mail: MAIL } });
  expect(first?.conversation[0]?.text).toBe(`my mail is ${MAIL}`);
  expect(handed?.facts).toEqual({ phone: '****0001' });
  expect(handed?.task.definition).toContain('****0001');
  expect(handed?.conversation.map((one) => one.text)).toContain('legal, please: ****0001');
  expect(JSON.stringify(handed?.transfer?.summary)).toContain('****0001');
  expect(turns.at(-1)?.unanswered.at(-1)?.text).toBe(`human, write to ${MAIL}`);
  const view = await baton.show(caseId);
  expect(view.task.definition).toBe(`help whoever is at ${PHONE}`);
  const said = [`my mail is ${MAIL}`, `legal, please: ${PHONE}`, `human, write to ${MAIL}`];
  expect(view.transcript.map((one) => one.text)).toEqual(
    expect.arrayContaining([...said, `we call ${PHONE}`]),
  );
  expect((await baton.transcript(caseId)).map((one) => one.text)).toEqual(expect.arrayContaining(said));
  expect(view.transcript.find((one) => one.id === 'f1')).toMatchObject({ kind: 'file', text: '', file });

  const events = await eventsOf(caseId);
  expect(events.filter((event) => event.activity === 'baton-private-legal').length).toBeGreaterThan(2);
  for (const canary of CANARIES) {
    // The front domain's own turns may say what the front domain knows; nothing else in the history does.
    const holding = events.filter((event) => event.text.includes(canary)).map((event) => event.activity);
    expect(holding.filter((activity) => activity !== 'baton-private-front')).toEqual([]);
  }
  const described = await client.workflow.getHandle(caseId).describe();
  const rows = await bed.ledger.read(view.trace);
  const outside = JSON.stringify([described.memo, described.raw.workflowExecutionInfo, rows]);
  expect(CANARIES.filter((canary) => outside.includes(canary))).toEqual([]);
  // The store has the conversation as it was said, for whoever reads it next.
  const kept = await bed.context.read({ trace: view.trace, messages: {} });
  expect(kept.messages.map((one) => one.text)).toEqual(expect.arrayContaining(said));
});

test('doors without a context store refuse, an update in clear is refused, and a signal in clear is taken', async () => {
  const bare = createBatonClient({ client, privateTeams: [team.name] });
  expect(await failureFrom(bare.open(opening()))).toMatchObject({
    code: 'CONFIGURATION_INVALID',
    field: 'context',
    message: expect.stringContaining('private-clinic is private') as unknown,
  });
  const input = opening();
  const { caseId } = await baton.open(input, { caseId: unique('clinic') });
  await stageIs(caseId, 'waiting-user', 'front');
  expect(await failureFrom(bare.say(caseId, { messageId: 'm2', text: 'hello' }))).toMatchObject({
    code: 'CONFIGURATION_INVALID',
  });
  const unaware = createBatonClient({ client });
  expect(await failureFrom(unaware.say(caseId, { messageId: 'm2', text: `at ${PHONE}` }))).toMatchObject({
    code: 'TEXT_IN_CLEAR',
  });
  expect((await eventsOf(caseId)).some((event) => event.text.includes(`at ${PHONE}`))).toBe(false);
  // The same id with other words is a conflict, before and after they are kept.
  await baton.say(caseId, { messageId: 'm3', text: 'one' });
  expect(await baton.say(caseId, { messageId: 'm3', text: 'one' })).toMatchObject({ accepted: true });
  expect(await failureFrom(baton.say(caseId, { messageId: 'm3', text: 'two' }))).toMatchObject({
    code: 'MESSAGE_CONFLICT',
  });
  expect(
    await failureFrom(baton.open({ ...input, task: { definition: 'another' } }, { caseId })),
  ).toMatchObject({ code: 'CASE_EXISTS' });
  const forged = `baton:kept-text:1:${'a'.repeat(64)}:3:door:${'b'.repeat(64)}`;
  expect(await failureFrom(unaware.say(caseId, { messageId: 'm4', text: forged }))).toMatchObject({
    code: 'INPUT_INVALID',
    field: 'message.text',
  });

  await client.workflow
    .getHandle(caseId)
    .signal(SIGNALS.say, { messageId: 's1', text: 'legal around the doors' });
  await stageIs(caseId, 'waiting-user', 'legal');
  expect((await baton.transcript(caseId)).map((one) => one.text)).toContain('legal around the doors');
  await baton.say(caseId, { messageId: 'm9', text: 'bye' });
  await baton.result(caseId);
});

test('workers of a private team need a context store', () => {
  expect(() => createActivities({ teams: [team], ledger: bed.ledger, manifests: bed.manifests })).toThrow(
    'team private-clinic is private, and its workers have no context store',
  );
});

test('the command keeps what is said, and erasing the person makes it unreadable', async () => {
  const run = async (...words: readonly string[]): Promise<string> => {
    const ended = await runBatonHere(words, { environment: bed.environment });
    expect({ words, ...ended }).toMatchObject({ exitCode: 0, errors: '' });
    return ended.output;
  };
  const { caseId } = await baton.open(opening(), { caseId: unique('clinic') });
  await stageIs(caseId, 'waiting-user', 'front');
  await run('say', caseId, `legal, mail ${MAIL}`, '--message-id', 'm2');
  await stageIs(caseId, 'waiting-user', 'legal');
  expect(await run('transcript', caseId)).toContain(`legal, mail ${MAIL}`);
  const person = String((await baton.show(caseId)).user?.id);
  expect(await failureFrom(baton.erasePerson(person))).toMatchObject({ code: 'PERSON_HAS_OPEN_CASES' });
  await run('say', caseId, 'bye');
  await baton.result(caseId);
  await baton.erasePerson(person);
  expect(await failureFrom(baton.transcript(caseId))).toMatchObject({ code: 'PERSON_ERASED' });
});
