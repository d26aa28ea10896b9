import { parsePolicy, type PolicyWritten } from '../../contract/policy/policy.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, reply, transferTo, type Journey } from './model/journey.ts';
import { plainPlan, teamOf } from './model/teams.ts';

type Rule = PolicyWritten['rules'][number];

const free = { approval: 'none', noReturn: false, fallback: [] } as const;
const plan = plainPlan({
  accepts: [
    [0, 1, 2],
    [0, 1, 2],
    [0, 1, 2],
    [0, 1, 2],
  ],
  agents: 3,
  edges: [
    { from: 0, to: 1, ...free },
    { from: 1, to: 0, ...free },
    { from: 1, to: 2, ...free },
    { from: 2, to: 0, ...free },
  ],
  limits: { hops: 8, fallbacks: 1, repairs: 1, corrections: 1, turns: 30, offerMs: 1_000 },
});

/** ann and bob hand on to each other, bob to constructor, and that one to ann. */
function begin(...rules: readonly Rule[]): Journey {
  const parsed = parsePolicy({ version: '1.0.0', name: 'desk', policyVersion: '1.0.0', rules });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const journey = beginJourney({ ...teamOf(plan), policy: parsed.value });
  assessed(journey);
  return journey;
}

/** What the user said last has been read, and says nothing of note. */
function assessed({ play, dispatch }: Journey): void {
  const one = play.world.outstanding.find(({ step }) => step.kind === 'assess');
  play.world.outstanding = play.world.outstanding.filter((other) => other !== one);
  if (one?.step.kind === 'assess') dispatch({ kind: 'assessed', sequence: one.step.sequence });
}

/** The case goes to somebody with a fact that is new each time, so that the guard against cycles has no say. */
function goesTo(journey: Journey, to: string, order = `order-${String(journey.state().hops)}`): void {
  journey.turns(transferTo(to, { order }));
}

const confirm: Rule = {
  id: 'ping-pong',
  on: 'handoff',
  when: { input: 'oscillations', atLeast: 1 },
  then: { do: 'review', question: 'There and back again?', expiresMs: 60_000 },
};
const escalate: Rule = { ...confirm, then: { do: 'escalate', reason: 'ping-pong' } };
const debounce: Rule = {
  ...confirm,
  id: 'debounce',
  when: {
    all: [
      { input: 'oscillations', atLeast: 1 },
      { input: 'since-handoff-ms', below: 5_000 },
    ],
  },
};
const sameAgain: Rule = { ...confirm, id: 'same-again', when: { input: 'same-handoffs', atLeast: 1 } };

const acted = ({ play }: Journey): readonly unknown[] =>
  play.rows
    .filter((row) => row.kind === 'policy-evaluated')
    .flatMap(({ content }) => (content['decisions'] as { readonly rule: string }[]).map(({ rule }) => rule));

describe('P8: a transfer that goes back to where the case has just been', () => {
  test('goes on without a rule, as often as hops allow', () => {
    const journey = begin();
    for (const to of ['bob', 'ann', 'bob', 'ann']) goesTo(journey, to);
    journey.turns(reply());
    expect(journey.state()).toMatchObject({ owner: 'ann', hops: 4, reviews: [] });
    endPlay(journey.play);
  });

  test('is held until somebody confirms it; the first way there is not', () => {
    const journey = begin(confirm);
    goesTo(journey, 'bob');
    goesTo(journey, 'ann');
    expect(journey.state()).toMatchObject({ owner: 'bob', work: { kind: 'held' }, stage: 'waiting-person' });
    expect(journey.play.world.outstanding.some(({ step }) => step.kind === 'handoff')).toBe(false);
    journey.decides('approve');
    journey.turns(reply());
    expect(journey.state()).toMatchObject({ owner: 'ann', path: ['ann', 'bob', 'ann'], hops: 2 });
    expect(acted(journey)).toEqual(['ping-pong']);
    endPlay(journey.play);
  });

  test.each([
    ['a no', (journey: Journey): void => journey.decides('reject')],
    ['nobody', (journey: Journey): void => journey.fires('review r1')],
  ])('%s keeps it with who has it, who is told and goes on', (_, happens) => {
    const journey = begin(confirm);
    goesTo(journey, 'bob');
    goesTo(journey, 'ann');
    happens(journey);
    expect(journey.state()).toMatchObject({ owner: 'bob', work: { kind: 'turn' }, hops: 1 });
    expect(journey.turnInput().notices).toMatchObject([{ kind: 'handoff-refused', to: 'ann' }]);
    journey.turns(reply());
    expect(journey.state().stage).toBe('waiting-user');
    endPlay(journey.play);
  });

  test('ends with people, where the rule says so', () => {
    const journey = begin(escalate);
    goesTo(journey, 'bob');
    goesTo(journey, 'ann');
    expect(journey.state()).toMatchObject({ owner: 'people:desk', path: ['ann', 'bob', 'people:desk'] });
    endPlay(journey.play);
  });

  test('is debounced: held at once after the last, and let through once some time has passed', () => {
    const soon = begin(debounce);
    goesTo(soon, 'bob');
    goesTo(soon, 'ann');
    expect(soon.state().work.kind).toBe('held');
    endPlay(soon.play);
    const later = begin(debounce);
    goesTo(later, 'bob');
    later.acknowledges();
    later.play.advanceTo(Date.parse(later.play.rows.at(-1)?.at ?? '') + 5_000);
    goesTo(later, 'ann');
    later.turns(reply());
    expect(later.state()).toMatchObject({ owner: 'ann', reviews: [] });
    endPlay(later.play);
  });
});

describe('P8: a request that is made again', () => {
  /** ann to bob to constructor to ann, with the same order. */
  function around(journey: Journey): void {
    for (const to of ['bob', 'constructor', 'ann']) goesTo(journey, to, 'order-7');
    journey.turns(reply());
    // The user has said something since, so the guard against cycles lets it pass: it may be new work.
    journey.says('again');
    assessed(journey);
  }

  test('is known by its fingerprint, also where nothing went back and forth', () => {
    const journey = begin(confirm, sameAgain);
    around(journey);
    expect(acted(journey)).toEqual([]);
    goesTo(journey, 'bob', 'order-7');
    expect(acted(journey)).toEqual(['same-again']);
    expect(journey.state()).toMatchObject({ owner: 'ann', work: { kind: 'held' } });
    journey.decides('approve');
    journey.turns(reply());
    expect(journey.state().owner).toBe('bob');
    endPlay(journey.play);
  });

  test('is another one with another fact', () => {
    const journey = begin(confirm, sameAgain);
    around(journey);
    goesTo(journey, 'bob', 'order-8');
    journey.turns(reply());
    expect(journey.state()).toMatchObject({ owner: 'bob', reviews: [] });
    expect(acted(journey)).toEqual([]);
    endPlay(journey.play);
  });
});
