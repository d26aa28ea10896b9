import type { TurnOutput } from '../../contract/activities.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { detailsOf, statusOf, viewOf } from '../../workflows/view.ts';
import { acknowledgementOf } from './model/answers.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, transferTo, type Journey } from './model/journey.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const words = (en: string, hi = en): { en: string; hi: string } => ({ en, hi });
const needs = {
  order: {
    question: words('Which order?', 'कौन सा ऑर्डर?'),
    why: words('It says what to look up.', 'खोजने के लिए'),
  },
  email: { question: words('Which address?'), why: words('The answer goes there.') },
};

/** Ann begins, and Bob gets what she hands over; both need an order and an address. */
function begin(limits: Partial<TeamManifest['limits']> = {}): Journey {
  const team = teamOf(
    plainPlan({ accepts: [[0, 2], [0, 2], [], []], requires: [false, true, false, false] }),
  );
  const { ann, bob } = team.agents;
  if (!ann || !bob) throw new Error('no agents');
  return beginJourney({
    ...team,
    agents: { ...team.agents, ann: { ...ann, needs }, bob: { ...bob, needs } },
    limits: { ...team.limits, ...limits },
  });
}

/** The turn under way finds that facts are missing; an offer is acknowledged with it. */
function lacks(
  journey: Journey,
  missing: readonly string[],
  more: Partial<Extract<TurnOutput, { kind: 'lacking' }>> = {},
): void {
  const { world } = journey.play;
  const one = world.outstanding.find(({ step }) => step.kind === 'turn' || step.kind === 'handoff');
  if (one?.step.kind !== 'turn' && one?.step.kind !== 'handoff') throw new Error('no turn is under way');
  world.outstanding = world.outstanding.filter((other) => other !== one);
  const { turnId, input } = one.step;
  const acknowledgement = input.offer ? { acknowledgement: acknowledgementOf(input.offer) } : {};
  const output = { kind: 'lacking' as const, missing, facts: {}, ...more, ...acknowledgement };
  journey.dispatch({ kind: 'turn-ended', turnId, output });
}

const asked = (journey: Journey): readonly string[] | undefined =>
  journey
    .state()
    .transcript.at(-1)
    ?.missing?.map((one) => one.fact);

test('the user is asked for exactly what is missing, and shown it until it is told', () => {
  const journey = begin();
  lacks(journey, ['order', 'email']);
  const { state } = journey;
  const wanted = [
    { fact: 'order', question: 'Which order?', why: 'It says what to look up.' },
    { fact: 'email', question: 'Which address?', why: 'The answer goes there.' },
  ];
  expect(statusOf(state())).toMatchObject({ stage: 'waiting-user', waitingOn: 'user', missing: wanted });
  expect(viewOf(state()).missing).toEqual(wanted);
  expect(detailsOf(state())).toContain('missing from the user: order');
  expect(state().transcript.at(-1)).toMatchObject({
    from: { kind: 'system' },
    text: 'Before I can go on, I need to know:\n- Which order? (It says what to look up.)\n- Which address? (The answer goes there.)',
    missing: wanted,
  });
  expect(journey.play.rows.filter((row) => row.kind === 'facts-missing').map((row) => row.content)).toEqual([
    { turn: 1, agent: 'ann', missing: ['order', 'email'], asked: ['order', 'email'], told: [], times: 1 },
  ]);
  journey.says('u2');
  expect(journey.turnInput().missing).toEqual(['order', 'email']);
  expect(statusOf(state()).missing).toBeUndefined();
  lacks(journey, ['email'], { facts: { order: 'order-7' } });
  expect(statusOf(state()).missing?.map((one) => one.fact)).toEqual(['email']);
  expect(viewOf(state()).facts).toEqual({ order: 'order-7' });
  journey.says('u3');
  journey.turns({ kind: 'reply', text: 'certainly' }, { email: 'a@example.org' });
  expect(statusOf(state()).missing).toBeUndefined();
  expect(viewOf(state()).facts).toEqual({ order: 'order-7', email: 'a@example.org' });
  endPlay(journey.play);
});

test('it is asked in the language of the user', () => {
  const journey = begin();
  lacks(journey, ['order'], { language: 'hi' });
  expect(journey.state().transcript.at(-1)?.text).toContain('कौन सा ऑर्डर? (खोजने के लिए)');
  expect(journey.state().transcript.at(-1)?.text).not.toContain('Before');
});

test('what an answer to several questions did not tell is asked one by one, and in the end people take the case', () => {
  const journey = begin({ clarifications: 2 });
  lacks(journey, ['order', 'email']);
  expect(asked(journey)).toEqual(['order', 'email']);
  journey.says('u2');
  lacks(journey, ['order', 'email']);
  expect(asked(journey)).toEqual(['order']);
  expect(statusOf(journey.state()).missing?.length).toBe(2);
  // Whoever tells something is not asked in vain, and is asked for the rest one by one as well.
  journey.says('u3');
  lacks(journey, ['email'], { facts: { order: 'order-7' } });
  expect(asked(journey)).toEqual(['email']);
  journey.says('u4');
  lacks(journey, ['email']);
  journey.says('u5');
  expect(journey.turnInput().missing).toEqual(['email']);
  lacks(journey, ['email']);
  expect(journey.state()).toMatchObject({
    owner: 'people:desk',
    stage: 'human',
    handoffs: [{ reasonCode: 'facts-missing', explanation: 'the user was asked 2 times in vain for email' }],
  });
  // People begin with what was told.
  expect(viewOf(journey.state()).facts).toEqual({ order: 'order-7' });
  expect(statusOf(journey.state()).missing).toBeUndefined();
  endPlay(journey.play);
});

test('a receiver owns the case and asks; what was asked for before it is not missing any more', () => {
  const journey = begin();
  lacks(journey, ['email']);
  journey.says('u2');
  journey.turns(transferTo('bob'), { email: 'a@example.org' });
  expect(journey.state()).toMatchObject({ owner: 'ann', stage: 'pending' });
  lacks(journey, ['order']);
  expect(journey.state()).toMatchObject({ owner: 'bob', stage: 'waiting-user', hops: 1 });
  expect(asked(journey)).toEqual(['order']);
  journey.says('u3');
  expect(journey.turnInput()).toMatchObject({ agent: 'bob', missing: ['order'] });
  endPlay(journey.play);
});

test('agents name what is missing themselves: it is shown, told by what they learn, and bounded', () => {
  const journey = begin({ clarifications: 2 });
  const ask = {
    kind: 'reply' as const,
    text: 'Your claim?',
    missing: [{ fact: 'claim', why: 'to weigh it' }],
  };
  journey.turns(ask);
  expect(statusOf(journey.state()).missing).toEqual(ask.missing);
  expect(journey.state().transcript.at(-1)).toMatchObject({
    from: { kind: 'agent', name: 'ann' },
    text: 'Your claim?',
    missing: ask.missing,
  });
  journey.says('u2');
  journey.turns(callOf('look'), { claim: 'twice' });
  journey.callEnds();
  expect(journey.turnInput().missing).toBeUndefined();
  // Told, and not good enough: that is a question of its own.
  for (const id of ['u3', 'u4']) {
    journey.turns(ask);
    expect(journey.state().stage).toBe('waiting-user');
    journey.says(id);
  }
  journey.turns(ask);
  expect(journey.state()).toMatchObject({
    owner: 'people:desk',
    handoffs: [{ reasonCode: 'facts-missing' }],
  });
  endPlay(journey.play);
});

test('an answer that names nothing empties what was shown', () => {
  const journey = begin();
  lacks(journey, ['order']);
  journey.says('u2');
  journey.turns({ kind: 'reply', text: 'never mind' });
  expect(statusOf(journey.state())).toMatchObject({ stage: 'waiting-user' });
  expect(statusOf(journey.state()).missing).toBeUndefined();
  endPlay(journey.play);
});

test('a message that came while the user was asked is read at once', () => {
  const journey = begin();
  journey.says('u2');
  lacks(journey, ['order']);
  expect(journey.turnInput()).toMatchObject({ missing: ['order'] });
  expect(journey.state().stage).toBe('working');
  endPlay(journey.play);
});
