import { z } from 'zod';
import type { AgentDefinition } from '../../activities/agent.ts';
import { defineTeam } from '../../activities/define-team.ts';
import { readAnswers } from '../../activities/read-answers.ts';
import type { TurnInput } from '../../contract/activities.ts';
import type { Message } from '../../contract/conversation.ts';
import { BatonError } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import {
  BillingFacts,
  envelopeWith,
  offeredTurn,
  openDesk,
  perform,
  turnInput,
  type ActivityDesk,
} from './activity-desk.ts';

const Claim = z.object({
  order: z.string().regex(/^O-\d+$/),
  amount: z.number().positive(),
  way: z.enum(['card', 'bank transfer']),
  note: z.string().min(3),
});
const words = { question: 'Which one?', why: 'To find it.' };
const needs: NonNullable<AgentDefinition<JsonObject>['needs']> = {
  order: { ...words, read: ({ text }) => /O-\d+/.exec(text)?.[0] },
  amount: words,
  way: words,
  note: words,
};

const said = (sequence: number, text: string, kind: 'user' | 'agent' = 'user'): Message => ({
  id: `m${String(sequence)}`,
  sequence,
  at: '2026-01-01T00:00:00.000Z',
  from: kind === 'user' ? { kind } : { kind, name: 'triage' },
  text,
});

/** A desk whose first agent needs four facts, and what its agent was called with. */
function open(): { readonly desk: ActivityDesk; readonly seen: JsonObject[] } {
  const seen: JsonObject[] = [];
  const triage = agent(
    'triage',
    'triage',
    (turn) => (seen.push(turn.facts), { ...finish(), facts: { done: true } }),
    {
      accepts: Claim,
      needs,
    },
  );
  return { desk: openDesk({ triage }), seen };
}

const turn = (desk: ActivityDesk, facts: JsonObject, more: Partial<TurnInput> = {}): TurnInput =>
  turnInput(desk, 'triage', envelopeWith(facts), more);

test('an agent whose facts are missing is not called, and what the user has told of them is kept', async () => {
  const { desk, seen } = open();
  const conversation = [
    said(1, 'order O-1, no, O-7'),
    said(2, 'I am looking', 'agent'),
    said(3, 'O-9 it is, 40 of them'),
  ];
  const output = await perform(desk, 'turn', turn(desk, {}, { conversation }));
  // What it reads itself is found wherever the user said it; the rest is read from answers alone.
  expect(output).toEqual({
    kind: 'lacking',
    missing: ['amount', 'way', 'note'],
    facts: { order: 'O-9' },
    recordedThrough: 2,
    recordedHash: expect.any(String) as string,
  });
  expect(seen).toEqual([]);
});

test('with everything told, the agent works, and what was told is its own', async () => {
  const { desk, seen } = open();
  const conversation = [said(1, 'O-7'), said(2, 'Bank transfer please, 40.5')];
  const input = turn(
    desk,
    { order: 'O-7', note: 'broken' },
    { conversation, answeredUpTo: 1, missing: ['amount', 'way'] },
  );
  const output = await perform(desk, 'turn', input);
  expect(seen).toEqual([{ order: 'O-7', amount: 40.5, way: 'bank transfer', note: 'broken' }]);
  expect(output).toMatchObject({
    kind: 'turned',
    turn: { intent: { kind: 'finish' }, facts: { amount: 40.5, way: 'bank transfer', done: true } },
  });
});

test('what was asked for again is read from the answer alone, whatever was known before', async () => {
  const { desk, seen } = open();
  const known = { order: 'O-1', amount: 1, way: 'card', note: 'old' };
  const conversation = [said(1, 'O-1'), said(2, 'I do not know')];
  const asked = { conversation, answeredUpTo: 1, missing: ['order'] };
  const output = await perform(desk, 'turn', turn(desk, known, asked));
  expect(output).toMatchObject({ kind: 'lacking', missing: ['order'], facts: {} });
  const again = { conversation: [...conversation, said(3, 'ah, O-2')], answeredUpTo: 2, missing: ['order'] };
  await perform(desk, 'turn', turn(desk, known, again));
  expect(seen).toEqual([{ ...known, order: 'O-2' }]);
});

test('an offer without them is accepted, and one with something else that is wrong is declined', async () => {
  const billing = agent('billing', 'billing', () => finish(), {
    accepts: BillingFacts,
    needs: { order: words },
  });
  const desk = openDesk({ billing });
  const offered = await perform(desk, 'handoff', offeredTurn(desk, envelopeWith({})));
  expect(offered).toMatchObject({
    kind: 'lacking',
    missing: ['order'],
    acknowledgement: { handoffId: 'h1' },
  });
  const wrong = await perform(desk, 'handoff', offeredTurn(desk, envelopeWith({ amount: 'much' })));
  expect(wrong).toMatchObject({ kind: 'declined', failure: { field: 'facts.amount' } });
});

test('a handoff leaves without what its receiver asks the user for, and not without the rest', async () => {
  const leave = async (needed: boolean): Promise<unknown> => {
    const billing = agent('billing', 'billing', () => finish(), {
      accepts: BillingFacts,
      ...(needed ? { needs: { order: words } } : {}),
    });
    const desk = openDesk({ triage: agent('triage', 'triage', () => transfer('billing')), billing });
    return perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  };
  expect(await leave(true)).not.toHaveProperty('crossing.failure');
  expect(await leave(false)).toMatchObject({ crossing: { failure: { code: 'AGENT_INPUT_INVALID' } } });
});

test('whoever is asked by another agent asks no user', async () => {
  const { desk, seen } = open();
  const asked = { askId: 'a1', by: 'billing', reasonCode: 'why', question: 'What is it?' };
  const taking = perform(desk, 'turn', turn(desk, {}, { asked }));
  await expect(taking).rejects.toMatchObject({ type: 'AGENT_INPUT_INVALID' });
  expect(seen).toEqual([]);
});

const schema = z.toJSONSchema(
  Claim.extend({ day: z.iso.date(), size: z.int(), city: z.string().optional() }),
) as JsonObject;

test.each<[string, string, readonly string[], JsonObject]>([
  [
    'lines of a form',
    'Order: O-3\n amount: 12.5\nway: CARD',
    ['order', 'amount', 'way'],
    { order: 'O-3', amount: 12.5, way: 'card' },
  ],
  ['a pattern among words', 'It is (O-12), I think.', ['order', 'note'], { order: 'O-12' }],
  ['a date among words', 'On 2026-03-01, please', ['day', 'note'], { day: '2026-03-01' }],
  ['the only number', 'There are 3 of them', ['size'], { size: 3 }],
  ['no number of two', 'There are 3 of them for 4', ['size', 'amount'], {}],
  ['the whole answer to one question', 'It came broken', ['note'], { note: 'It came broken' }],
  ['nothing too short', 'no', ['note'], {}],
  ['no word of two questions', 'It came broken', ['note', 'city'], {}],
  ['nothing that a schema does not have', 'Delhi', ['toString', 'nothing'], {}],
  ['no number that is none', 'about Infinity or 0x10', ['size'], {}],
  ['nothing of silence', '  ', ['note'], {}],
])('answers are read: %s', (_, text, names, facts) => {
  expect(readAnswers(text, names, schema)).toEqual(facts);
});

test('a team refuses a need that its agent has no place for', () => {
  const start = agent('start', 'start', () => finish(), { accepts: BillingFacts, needs: { claim: words } });
  const define = (): unknown => defineTeam({ name: 'needy', start, edges: [] });
  expect(define).toThrow(BatonError);
  expect(define).toThrow('agents.start.needs.claim: the agent does not accept this fact');
});
