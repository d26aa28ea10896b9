import { parsePolicy, type PolicyWritten } from '../../contract/policy/policy.ts';
import type { Load } from '../../contract/readiness.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, reply, transferTo, type Journey } from './model/journey.ts';
import { plainPlan, teamOf } from './model/teams.ts';

/** ann hands on to bob; constructor is another way to go. */
function begin(
  rules: PolicyWritten['rules'],
  limits: { readonly tokens?: number; readonly costUsd?: number } = {},
): Journey {
  const parsed = parsePolicy({ version: '1.0.0', name: 'desk', policyVersion: '1.0.0', rules });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const plan = plainPlan({
    agents: 3,
    edges: [
      { from: 0, to: 1, approval: 'none', noReturn: false, fallback: [] },
      { from: 0, to: 2, approval: 'none', noReturn: false, fallback: [] },
    ],
  });
  const journey = beginJourney({
    ...teamOf({ ...plan, limits: { ...plan.limits, ...limits } }),
    policy: parsed.value,
  });
  const assessed = journey.play.world.outstanding.find(({ step }) => step.kind === 'assess');
  journey.play.world.outstanding = journey.play.world.outstanding.filter((one) => one !== assessed);
  if (assessed?.step.kind === 'assess')
    journey.dispatch({ kind: 'assessed', sequence: assessed.step.sequence });
  return journey;
}

const busy: PolicyWritten['rules'][number] = {
  id: 'busy',
  on: 'handoff',
  when: {
    all: [
      { input: 'to', is: 'bob' },
      { input: 'backlog', above: 5 },
    ],
  },
  then: { do: 'transfer', to: 'constructor' },
};

/** What was read of the receiver's pool arrives. */
function looks(journey: Journey, load: Partial<Load>, ageMs = 0): void {
  const { world } = journey.play;
  const one = world.outstanding.find(({ step }) => step.kind === 'look-at');
  if (one?.step.kind !== 'look-at') throw new Error('nobody is looked at');
  world.outstanding = world.outstanding.filter((other) => other !== one);
  const observedAt = new Date(Date.parse(journey.play.rows.at(-1)?.at ?? '') - ageMs).toISOString();
  journey.dispatch({
    kind: 'looked-at',
    lookId: one.step.lookId,
    readiness: { load: { observedAt, backlog: 0, backlogAgeMs: 0, workers: 1, ...load } },
  });
}

const evaluated = (
  journey: Journey,
): readonly { readonly values?: unknown; readonly decisions?: unknown }[] =>
  journey.play.rows
    .filter((row) => row.kind === 'policy-evaluated' && row.content['moment'] === 'handoff')
    .map((row) => row.content);

test('P7: a rule sends the case to whoever has less to do; the load is recorded with the decision', () => {
  const journey = begin([busy]);
  journey.turns(transferTo('bob'));
  expect(journey.state()).toMatchObject({ owner: 'ann', stage: 'working', work: { turnId: 'look t1' } });
  looks(journey, { backlog: 6 });
  journey.turns(reply());
  expect(journey.state().path).toEqual(['ann', 'constructor']);
  expect(evaluated(journey)).toMatchObject([
    { values: { backlog: 6, to: 'bob' }, decisions: [{ rule: 'busy', inputs: { backlog: 6, to: 'bob' } }] },
  ]);
  // Recorded as it was asked for, and nothing else of it.
  expect(Object.keys(evaluated(journey)[0]?.values ?? {})).not.toContain('workers');
  endPlay(journey.play);
});

test.each([
  ['little to do', { backlog: 5 }, 0],
  ['a look that is older than 5 s', { backlog: 99 }, 5_001],
])('%s: the handoff goes on as it was meant', (_, load, age) => {
  const journey = begin([busy]);
  journey.turns(transferTo('bob'));
  looks(journey, load, age);
  journey.turns(reply());
  expect(journey.state().owner).toBe('bob');
  expect(Object.keys(evaluated(journey)[0]?.values ?? {}).includes('backlog')).toBe(age === 0);
  endPlay(journey.play);
});

test('whoever asks for a human while the receiver is looked at gets one; the wish is dropped', () => {
  const journey = begin([busy]);
  journey.turns(transferTo('bob'));
  journey.dispatch({ kind: 'human-asked', message: { by: 'user', reason: 'please' } });
  looks(journey, { backlog: 6 });
  expect(journey.state()).toMatchObject({ owner: 'people:desk', path: ['ann', 'people:desk'] });
  endPlay(journey.play);
});

test('G3: a rule acts on what is left of the budget; a policy that does not ask has nothing of it on record', () => {
  const spent = {
    model: { vendor: 'v', model: 'm' },
    inputTokens: 700,
    outputTokens: 100,
    microUsd: 250_000,
  };
  const scarce: PolicyWritten['rules'][number] = {
    id: 'scarce',
    on: 'turn',
    when: {
      all: [
        { input: 'budget-left', below: 0.3 },
        { input: 'tokens-left', atMost: 200 },
      ],
    },
    then: { do: 'escalate', reason: 'scarce' },
  };
  const journey = begin([scarce], { tokens: 1_000, costUsd: 1 });
  journey.turns(reply(), {}, { usage: spent as never });
  expect(journey.state().owner).toBe('people:desk');
  const rows = journey.play.rows.filter((row) => row.kind === 'policy-evaluated');
  expect(rows.at(-1)?.content).toMatchObject({
    values: { 'budget-left': 0.2, 'tokens-left': 200 },
    decisions: [{ rule: 'scarce', inputs: { 'budget-left': 0.2, 'tokens-left': 200 } }],
  });
  const other = begin([busy], { tokens: 1_000 });
  other.turns(reply(), {}, { usage: spent as never });
  const values = other.play.rows.filter((row) => row.kind === 'policy-evaluated').map((row) => row.content);
  expect(JSON.stringify(values)).not.toMatch(/budget|tokens|usd/);
});
