import { z } from 'zod';
import { ask, defineTeam, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { fanOut, type FanOutOptions } from '../../activities/fan-outs.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { Agent, Answer, Turn } from '../../activities/agent.ts';
import type { Team } from '../../activities/define-team.ts';
import type { Tool } from '../../activities/tool.ts';
import type { JsonObject } from '../../contract/json.ts';
import { rehearse, scriptedModel } from '../../testing/index.ts';
import { agent, call, finish, reply } from '../support/agents.ts';

const desk = people('desk', { ann: { roles: ['lead'] } });
const Topic = z.object({ topic: z.string().optional() });
const asks = (...names: readonly string[]): Answer => ({
  facts: { topic: 'tides', secret: 'of the lead' },
  intent: {
    kind: 'fan-out',
    asks: names.map((to) => ({ id: to, to, reasonCode: 'to-know', question: `What, ${to}?` })),
  },
});

/** Puts a note on a list, and takes it off again. */
function noting(list: string[], name = 'note'): Tool {
  return defineTool({
    name,
    description: 'Notes something',
    input: z.object({ text: z.string() }),
    effect: 'write',
    run: ({ input: { text } }) => {
      list.push(text);
      return text === 'breaks'
        ? Promise.reject(new Error('out of ink'))
        : Promise.resolve({ kind: 'done', result: text });
    },
    undo: ({ input: { text } }) => {
      list.push(`no ${text}`);
      return Promise.resolve({ kind: 'undone' });
    },
  });
}

/** A lead that tells how each question stands, and what it hears beside. */
function leading(to: readonly string[]): Agent {
  const statuses = ({ answers, notices }: Turn<JsonObject>): string =>
    JSON.stringify([
      ...answers.map(({ id, asked }) => [id, asked?.status, ...(asked?.takenBack ?? [])]),
      ...notices.map((one) => one.kind),
    ]);
  return agent('lead', 'p', (turn) =>
    turn.answers.length === 0 ? asks(...to) : finish('told', statuses(turn)),
  );
}

function teamOf(lead: Agent, workers: readonly Agent[], options: FanOutOptions = {}): Team {
  return defineTeam({
    name: 'rehearsed',
    start: lead,
    agents: workers,
    asks: workers.map((one) => ask(lead, one)),
    fanOuts: [fanOut(lead, options)],
    edges: [escalate(lead, desk)],
  });
}

const text = ({ turn: { intent } }: { readonly turn: { readonly intent: Answer['intent'] } }): string =>
  'text' in intent ? String(intent.text) : intent.kind;

test('an asker and one that it asks: what crosses, what comes back, and nothing else', async () => {
  const seen: Turn<JsonObject>[] = [];
  const north = agent(
    'north',
    'p',
    (turn) => {
      seen.push(turn);
      return { ...reply('High water at noon.'), facts: { topic: 'tides', own: 'of north' } };
    },
    { accepts: Topic },
  );
  const stage = rehearse(teamOf(leading(['north']), [north]));
  const asked = await stage.turn('lead', { says: 'When is high water?' });
  expect(asked.questions).toEqual([
    {
      ...{ id: 'north', by: 'lead', to: 'north', reasonCode: 'to-know', question: 'What, north?' },
      ...{ facts: { topic: 'tides' }, dropped: ['secret'], fanOut: 'f1' },
    },
  ]);
  const [question] = asked.questions;
  if (!question) throw new Error('nothing was asked');
  const answer = await stage.answer(question);
  expect(answer).toEqual({
    ...{ id: 'north', tool: 'ask_north', asked: { fanOut: 'f1', status: 'answered' } },
    answer: { kind: 'done', result: { text: 'High water at noon.', facts: { topic: 'tides' } } },
  });
  expect(seen[0]).toMatchObject({
    facts: { topic: 'tides' },
    asked: { by: 'lead', question: 'What, north?', fanOut: 'f1' },
    task: { definition: 'What, north?' },
    conversation: [],
  });
  expect(text(await stage.goOn(asked, { answers: [answer] }))).toBe('[["north","answered"]]');
});

test('an asker alone: answers of one’s own, each with its status, in the order asked', async () => {
  const names = ['north', 'south', 'east', 'west'];
  const workers = names.map((name) => agent(name, 'p', () => reply('Yes.')));
  const stage = rehearse(teamOf(leading(names), workers, { need: 1 }));
  const asked = await stage.turn('lead');
  const [north, south, east, west] = asked.questions;
  if (!north || !south || !east || !west) throw new Error('somebody was not asked');
  const answers = [
    stage.unanswered(west, 'out-of-budget'),
    stage.unanswered(south, 'expired'),
    stage.unanswered(east, 'withdrawn'),
    stage.answered(north, 'Yes.', { order: 'A1', secret: 'of north' }),
  ];
  expect(answers[3]?.answer).toEqual({ kind: 'done', result: { text: 'Yes.', facts: { order: 'A1' } } });
  expect(JSON.parse(text(await stage.goOn(asked, { answers })))).toEqual([
    ['north', 'answered'],
    ['south', 'expired'],
    ['east', 'withdrawn'],
    ['west', 'out-of-budget'],
  ]);
  await expect(stage.goOn(asked, { answers: answers.slice(1) })).rejects.toThrow('west has no answer');
  const stray = { ...stage.answered(north, 'Yes.'), id: 'nobody' };
  await expect(stage.goOn(asked, { answers: [stray] })).rejects.toThrow('nothing was asked');
});

test('too few answers: the asker is told, and what was written for any question is taken back, newest first', async () => {
  const list: string[] = [];
  const writes = (name: string): Agent =>
    agent(
      name,
      'p',
      ({ answers }) =>
        answers.length === 0 ? call({ tool: 'note', arguments: { text: name } }) : reply('Noted.'),
      { tools: [noting(list)] },
    );
  const breaks = agent('breaks', 'p', () => call({ tool: 'note', arguments: { text: 'breaks' } }), {
    tools: [noting(list)],
  });
  const stage = rehearse(
    teamOf(leading(['north', 'south', 'breaks']), [writes('north'), writes('south'), breaks]),
  );
  const asked = await stage.turn('lead');
  const answers = [];
  for (const question of asked.questions) answers.push(await stage.answer(question));
  expect(answers.map((one) => one.asked?.status)).toEqual(['answered', 'answered', 'failed']);
  expect(list).toEqual(['north', 'south', 'breaks']);
  expect(JSON.parse(text(await stage.goOn(asked, { answers })))).toEqual([
    ['north', 'answered', 'note'],
    ['south', 'answered', 'note'],
    ['breaks', 'failed', 'note'],
    'fan-out-unmet',
  ]);
  expect(list.slice(3)).toEqual(['no breaks', 'no south', 'no north']);
});

test('enough answers: what belongs to them stays', async () => {
  const list: string[] = [];
  const writes = (name: string, last: Answer): Agent =>
    agent(
      name,
      'p',
      ({ answers }) => (answers.length === 0 ? call({ tool: 'note', arguments: { text: name } }) : last),
      { tools: [noting(list)] },
    );
  const declines: Answer = { intent: { kind: 'return', reasonCode: 'not-mine', explanation: 'ask west' } };
  const workers = [writes('north', reply('Yes.')), writes('south', declines)];
  const stage = rehearse(teamOf(leading(['north', 'south']), workers, { need: 'any' }));
  const asked = await stage.turn('lead');
  const answers = [];
  for (const question of asked.questions) answers.push(await stage.answer(question));
  expect(answers[1]?.answer).toMatchObject({ kind: 'failed', failure: { code: 'ASK_DECLINED' } });
  expect(JSON.parse(text(await stage.goOn(asked, { answers })))).toEqual([
    ['north', 'answered'],
    ['south', 'failed', 'note'],
  ]);
  expect(list).toEqual(['north', 'south', 'no south']);
});

test('what nobody may ask is refused, and where too few may be asked, nobody is', async () => {
  const north = agent('north', 'p', () => reply('Yes.'));
  const strange = agent('strange', 'p', () => reply('Yes.'));
  const lead = leading(['north', 'lead', 'nowhere', 'strange']);
  const team = defineTeam({
    name: 'rehearsed',
    start: lead,
    agents: [north, strange],
    asks: [ask(lead, north), ask(north, strange)],
    fanOuts: [fanOut(lead, { need: 2 })],
    edges: [escalate(lead, desk)],
  });
  const stage = rehearse(team);
  const asked = await stage.turn('lead');
  expect(asked.questions.map((one) => one.refusal?.code)).toEqual([
    'ASK_WITHDRAWN',
    'ASK_CYCLE',
    'TARGET_UNKNOWN',
    'EDGE_MISSING',
  ]);
  const [question] = asked.questions;
  if (!question) throw new Error('nothing was asked');
  await expect(stage.answer(question)).rejects.toThrow('north was not asked');
  expect(JSON.parse(text(await stage.goOn(asked)))).toEqual([
    ['north', 'withdrawn'],
    ['lead', 'refused'],
    ['nowhere', 'refused'],
    ['strange', 'refused'],
    'fan-out-unmet',
  ]);
});

test('whoever is asked may ask in turn; nobody in the line is asked again', async () => {
  const south = agent('south', 'p', () => reply('From south.'));
  const north = agent('north', 'p', ({ answers }) =>
    answers.length === 0
      ? asks('south', 'lead')
      : reply(answers.map(({ answer }) => (answer.kind === 'done' ? 'yes' : answer.failure.code)).join(' ')),
  );
  const lead = leading(['north']);
  const team = defineTeam({
    name: 'rehearsed',
    start: lead,
    agents: [north, south],
    asks: [ask(lead, north), ask(north, south), ask(north, lead)],
    fanOuts: [fanOut(north, { need: 'any' })],
    edges: [escalate(lead, desk)],
  });
  const stage = rehearse(team);
  const asked = await stage.turn('lead');
  const [question] = asked.questions;
  if (!question) throw new Error('nothing was asked');
  expect((await stage.answer(question)).answer).toMatchObject({ result: { text: 'yes ASK_CYCLE' } });
});

test('a model that asks several is told all answers on its next turn', async () => {
  const question = { reason_code: 'to-know', question: 'May we?' };
  const script = scriptedModel('test:lead-1', [
    { calls: ['ask_north', 'ask_south'].map((name) => ({ name, arguments: question })) },
    { calls: [{ name: 'finish', arguments: { outcome: 'known', text: 'We may.' } }] },
  ]);
  const lead = defineModelAgent({
    name: 'lead',
    version: '1.0.0',
    domain: 'test',
    scope: 'asks those who know',
    accepts: Topic,
    instructions: 'Ask those who know.',
    model: script.model,
  });
  const workers = ['north', 'south'].map((name) => agent(name, 'p', () => reply(`${name} says yes`)));
  const stage = rehearse(teamOf(lead, workers, { need: 'any' }));
  const asked = await stage.turn('lead', { says: 'May we?' });
  const [north, south] = asked.questions;
  if (!north || !south) throw new Error('somebody was not asked');
  const answers = [await stage.answer(north), stage.unanswered(south, 'expired')];
  const told = await stage.goOn(asked, { answers });
  expect(told.turn.intent).toMatchObject({ kind: 'finish', outcome: 'known' });
  expect(told.usage).toMatchObject({ inputTokens: 100, outputTokens: 20 });
  const words = JSON.stringify(script.requests.at(-1)?.messages);
  expect(words).toContain('north says yes');
  expect(words).toContain('No answer: expired.');
  script.assertComplete();
});

test('faults are seen by their codes, and are nobody’s answers', async () => {
  const wrong = agent('wrong', 'p', () => ({ intent: { kind: 'reply', text: '' } }));
  const thrower = agent('thrower', 'p', () => {
    throw new Error('out of order');
  });
  const stage = rehearse(teamOf(leading(['wrong', 'thrower']), [wrong, thrower]));
  await expect(stage.turn('thrower')).rejects.toMatchObject({ code: 'AGENT_FAILED' });
  await expect(stage.turn('nobody')).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  const asked = await stage.turn('lead');
  const [first, second] = asked.questions;
  if (!first || !second) throw new Error('somebody was not asked');
  await expect(stage.answer(first)).rejects.toMatchObject({ code: 'AGENT_OUTPUT_INVALID' });
  expect((await stage.answer(second)).asked?.status).toBe('failed');
  const elsewhere = rehearse(teamOf(leading(['wrong', 'thrower']), [wrong, thrower]));
  await expect(elsewhere.answer(first)).rejects.toThrow('not put in this rehearsal');
});
