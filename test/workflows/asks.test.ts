import type { TeamManifest } from '../../contract/team.ts';
import type { AgentTurnInput } from '../../contract/turn.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, reply, transferTo, type Journey } from './model/journey.ts';
import { asking, plainPlan, teamOf } from './model/teams.ts';

type Intent = AgentTurnInput['intent'];

const three = (): TeamManifest => asking(teamOf(plainPlan({ agents: 3, edges: [] })));
const ask = (to: string, more: Partial<Extract<Intent, { kind: 'ask' }>> = {}): Intent => ({
  kind: 'ask',
  to,
  reasonCode: 'what-about',
  question: 'What about it?',
  ...more,
});

/** Kinds and contents of the rows on questions. */
function asksIn(journey: Journey): readonly unknown[] {
  return journey.play.rows
    .filter((row) => row.kind.startsWith('ask-'))
    .map(({ kind, content }) => {
      const problem = content['failure'] as { readonly code?: string } | undefined;
      return [kind, content['askId'] ?? content['to'], ...(problem ? [problem.code] : [])];
    });
}

const answersOf = (journey: Journey): unknown => journey.turnInput().answers;

test('the asked one works with what crossed, the owner stays, and the answer comes cut to what the asker accepts', () => {
  const journey = beginJourney(three());
  journey.turns(ask('bob', { facts: { amount: 40, secret: 'no' } }), { order: 'o-1', secret: 'mine' });
  const asked = journey.turnInput();
  expect(asked).toMatchObject({
    agent: 'bob',
    asked: { askId: 'a1', by: 'ann', question: 'What about it?' },
    conversation: [],
    envelope: { task: { definition: 'What about it?' }, memory: { facts: { order: 'o-1', amount: 40 } } },
  });
  expect(asked.envelope.memory.facts).not.toHaveProperty('secret');
  expect(asked.envelope).not.toHaveProperty('user');
  expect(journey.state()).toMatchObject({ owner: 'ann', hops: 0, path: ['ann'] });
  journey.turns(reply('Forty.'), { amount: 41, secret: 'of bob' });
  expect(journey.turnInput()).toMatchObject({
    agent: 'ann',
    answers: [
      {
        id: 'ask',
        tool: 'ask_bob',
        answer: { kind: 'done', result: { text: 'Forty.', facts: { amount: 41 } } },
      },
    ],
  });
  // What bob learnt on the way is bob's, and not a memory of an owner.
  expect(journey.state().memory).not.toHaveProperty('bob');
  expect(journey.state().transcript.filter((one) => one.from.kind === 'agent')).toEqual([]);
  journey.turns(reply('It is forty.'));
  expect(journey.state().transcript.at(-1)).toMatchObject({ from: { name: 'ann' }, text: 'It is forty.' });
  expect(asksIn(journey)).toEqual([
    ['ask-opened', 'a1'],
    ['ask-answered', 'a1'],
  ]);
  endPlay(journey.play);
});

test.each([
  ['itself', 'ann', 'ASK_CYCLE'],
  ['somebody whom nobody knows', 'nowhere', 'TARGET_UNKNOWN'],
  ['a name that every object has', '__proto__', 'TARGET_UNKNOWN'],
])('whoever asks %s hears why not, and goes on', (_what, to, code) => {
  const journey = beginJourney(three());
  journey.turns(ask(to));
  expect(answersOf(journey)).toMatchObject([{ answer: { kind: 'refused', failure: { code } } }]);
  expect(asksIn(journey)).toEqual([['ask-refused', to, code]]);
  journey.turns(reply());
  endPlay(journey.play);
});

test('a team says who may ask whom', () => {
  const team = { ...three(), asks: [{ from: 'ann', to: 'bob' }] };
  const journey = beginJourney(team);
  journey.turns(ask('constructor'));
  expect(answersOf(journey)).toMatchObject([{ answer: { failure: { code: 'EDGE_MISSING' } } }]);
  endPlay(journey.play);
});

test('questions lead to questions, never in a circle and no deeper than hops may go', () => {
  const team = three();
  const journey = beginJourney({ ...team, limits: { ...team.limits, hops: 1 } });
  journey.turns(ask('bob'));
  journey.turns(ask('ann'));
  expect(answersOf(journey)).toMatchObject([{ answer: { failure: { code: 'ASK_CYCLE' } } }]);
  journey.turns(ask('constructor'));
  expect(answersOf(journey)).toMatchObject([{ answer: { failure: { code: 'HOP_LIMIT' } } }]);
  expect(journey.turnInput().agent).toBe('bob');
  endPlay(journey.play);
});

test('failures travel up: an agent that fails, declines or is too late is an answer of its asker', () => {
  const journey = beginJourney(three());
  journey.turns(ask('bob'));
  journey.turnFails();
  expect(answersOf(journey)).toMatchObject([
    { answer: { kind: 'failed', failure: { code: 'AGENT_FAILED' } } },
  ]);
  journey.turns(ask('bob'));
  journey.turns(transferTo('constructor'));
  expect(answersOf(journey)).toMatchObject([{ answer: { failure: { code: 'ASK_DECLINED' } } }]);
  journey.turns(ask('bob'));
  journey.turns(ask('constructor'));
  // The inner question cannot outlive the outer one.
  journey.fires('ask a3');
  expect(journey.turnInput().agent).toBe('ann');
  expect(answersOf(journey)).toMatchObject([{ answer: { failure: { code: 'ASK_EXPIRED' } } }]);
  expect(journey.state()).toMatchObject({ owner: 'ann', asks: [], fallbacks: 0 });
  expect(asksIn(journey).slice(-2)).toEqual([
    ['ask-withdrawn', 'a4'],
    ['ask-failed', 'a3', 'ASK_EXPIRED'],
  ]);
  endPlay(journey.play);
});

test('what an asked agent writes is in the saga of the case', () => {
  const journey = beginJourney(three());
  journey.turns(ask('bob'));
  journey.turns(callOf('write'));
  journey.callEnds();
  journey.dispatch({ kind: 'cancel-requested' });
  journey.undoEnds();
  journey.records();
  expect(journey.state()).toMatchObject({
    saga: 'compensated',
    effects: [{ agent: 'bob', status: 'undone' }],
    asks: [],
  });
});

test('a user who asks for a human gets one, and nobody waits for answers any more', () => {
  const journey = beginJourney(three());
  journey.turns(ask('bob'));
  journey.dispatch({ kind: 'human-asked', message: {} });
  expect(journey.state()).toMatchObject({ owner: 'people:desk', asks: [] });
  expect(asksIn(journey).at(-1)).toEqual(['ask-withdrawn', 'a1']);
  endPlay(journey.play);
});

test('authority only narrows: whoever works for another may do no more than they may', () => {
  const team = three();
  const ann = team.agents['ann'];
  if (!ann) throw new Error('no ann');
  const modest = { ...ann, authority: { write: { amount: 50 } } };
  const journey = beginJourney({ ...team, agents: { ...team.agents, ann: modest } });
  const call: Intent = { kind: 'call', calls: [{ id: 'c', tool: 'write', arguments: { amount: 80 } }] };
  journey.turns(ask('bob'));
  journey.turns(call);
  expect(answersOf(journey)).toMatchObject([{ answer: { failure: { code: 'AUTHORITY_EXCEEDED' } } }]);
  endPlay(journey.play);
});

test('a sub-budget is reserved and its remainder returned: the smallest of what team, asker and case have left', () => {
  const team = three();
  const usage = { model: 'test:one', inputTokens: 300, outputTokens: 100 };
  const journey = beginJourney({ ...team, limits: { ...team.limits, tokens: 10_000 } });
  journey.turns(ask('bob', { limits: { tokens: 1_000 } }));
  expect(journey.turnInput().allowance).toEqual({ tokens: 1_000 });
  journey.turns(callOf('look'), {}, { usage });
  journey.callEnds();
  expect(journey.turnInput().allowance).toEqual({ tokens: 600 });
  journey.turns(reply(), {}, { usage });
  // The case pays what was spent, and has back what was not.
  expect(journey.turnInput().allowance).toEqual({ tokens: 9_200 });
  expect(journey.state().spend).toMatchObject({ agents: { bob: { calls: 2 } } });
  const answered = journey.play.rows.find((row) => row.kind === 'ask-answered');
  expect(answered?.content['spent']).toEqual({ tokens: 800, microUsd: 0 });
  endPlay(journey.play);
});
