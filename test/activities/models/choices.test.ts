import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../../activities/define-team.ts';
import { choicesOf, type Choices } from '../../../activities/models/choices.ts';
import { interpret, type Interpreted } from '../../../activities/models/interpret.ts';
import type { ThreadEntry } from '../../../activities/models/thread.ts';
import { defineModelAgent } from '../../../activities/models/define-model-agent.ts';
import type { Turn } from '../../../activities/agent.ts';
import type { JsonObject } from '../../../contract/json.ts';

const [first, second] = ['first', 'second'].map((name) =>
  defineModelAgent({
    name,
    version: '1.0.0',
    domain: name,
    scope: name,
    accepts: z.object({ [name]: z.string() }),
    instructions: 'Help.',
    model: 'openai:gpt-4.1-mini',
  }),
);
if (!first || !second) throw new Error('there are two');
const pools = [people('desk', { ana: { roles: [] } }), people('night', { bo: { roles: [] } })] as const;
const { manifest } = defineTeam({
  name: 'choices',
  start: first,
  edges: [edge(first, second), edge(second, first), escalate(first, pools[0]), escalate(second, pools[1])],
  escalation: pools[0],
});

function offeredTo(name: string, outcomes: readonly string[] | undefined, memory: JsonObject): Choices {
  const agent = manifest.agents[name];
  if (!agent) throw new Error(`no ${name}`);
  const turn = { task: { constraints: {} }, memory } as unknown as Turn<JsonObject>;
  return choicesOf(turn, manifest, agent, outcomes);
}

/** Members of the arguments of a choice. */
function membersOf({ tools }: Choices, name: string): Readonly<Record<string, unknown>> {
  const schema = tools.find((one) => one.name === name)?.schema;
  return schema?.['properties'] as Readonly<Record<string, unknown>>;
}

test('each agent is offered its own outcomes, pools and receivers, whatever was offered to others', () => {
  const restricted = offeredTo('first', ['solved', 'closed'], {});
  const free = offeredTo('second', undefined, { first: 'known' });
  expect(membersOf(restricted, 'finish')).toMatchObject({ outcome: { enum: ['solved', 'closed'] } });
  expect(membersOf(free, 'finish')['outcome']).toEqual({ type: 'string', minLength: 1, maxLength: 100 });
  expect(membersOf(restricted, 'escalate_to_human')['pool']).toEqual({ type: 'string', enum: ['desk'] });
  expect(membersOf(free, 'escalate_to_human')['pool']).toEqual({ type: 'string', enum: ['night', 'desk'] });
  expect(membersOf(restricted, 'transfer_to_second')['facts']).toMatchObject({ required: ['second'] });
  expect(membersOf(free, 'transfer_to_first')['facts']).toMatchObject({ required: [] });
  // Once more, after others: the same words for the vendor's cache.
  expect(JSON.stringify(offeredTo('first', ['solved', 'closed'], {}).tools)).toBe(
    JSON.stringify(restricted.tools),
  );
});

/** What becomes of a transfer with these facts by an agent that knows nothing. */
function handedOver(from: string, to: string, facts: JsonObject): Interpreted {
  const agent = manifest.agents[from];
  if (!agent) throw new Error(`no ${from}`);
  const told = { reason_code: 'other', explanation: 'It is for them.', facts };
  const call = {
    kind: 'call',
    id: 'c1',
    name: `transfer_to_${to}`,
    arguments: JSON.stringify(told),
  } as const;
  const entry = { parts: [call], finish: 'calls', asked: [], heard: 1 } as unknown as ThreadEntry;
  const turn = { notices: [] } as unknown as Turn<JsonObject>;
  const choices = offeredTo(from, undefined, {});
  return interpret(entry, { turn, manifest, agent, tools: {}, choices, earlier: [] });
}

test('facts are held against what their own receiver wants, in whatever order transfers come', () => {
  const lacking = { ok: false, failure: { code: 'MODEL_ARGUMENTS_INVALID' } };
  for (let round = 0; round < 2; round += 1) {
    expect(handedOver('first', 'second', { second: 'told' })).toMatchObject({ ok: true });
    expect(handedOver('second', 'first', { second: 'told' })).toMatchObject(lacking);
    expect(handedOver('second', 'first', { first: 'told' })).toMatchObject({ ok: true });
    expect(handedOver('first', 'second', { first: 'told' })).toMatchObject(lacking);
  }
});
