import type { Readiness } from '../../contract/readiness.ts';
import { breakerOf } from './model/breakers.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, reply, transferTo, type Journey } from './model/journey.ts';
import { plainPlan, teamOf } from './model/teams.ts';

/** ann hands on to bob, and constructor stands in for bob; all but ann have breakers. */
function begin(limits: { readonly fallbacks?: number } = {}, backlog?: number): Journey {
  const plan = plainPlan({
    agents: 3,
    edges: [
      { from: 0, to: 1, approval: 'none', noReturn: false, fallback: [2] },
      { from: 0, to: 2, approval: 'none', noReturn: false, fallback: [] },
    ],
  });
  const team = teamOf({ ...plan, limits: { ...plan.limits, ...limits } });
  const agents = Object.fromEntries(
    Object.entries(team.agents).map(([name, agent]) => [
      name,
      name === 'ann' ? agent : { ...agent, breaker: breakerOf(backlog) },
    ]),
  );
  return beginJourney({ ...team, agents });
}

/** What was read of the receiver arrives. */
function reads(journey: Journey, readiness: Readiness): void {
  const { work } = journey.state();
  if (work.kind !== 'offer') throw new Error(`the case is ${work.kind}`);
  journey.dispatch({ kind: 'readiness-read', turnId: work.turnId, readiness });
}

const isolated: Readiness = {
  breaker: { answer: 'refuse', state: 'open', failures: 2, until: '2026-01-05T09:00:30.000Z' },
};
const healthy: Readiness = { breaker: { answer: 'pass', state: 'closed', failures: 0 } };

const rowsOf = (journey: Journey, kind: string): readonly object[] =>
  journey.play.rows.filter((row) => row.kind === kind).map((row) => row.content);
const said = (journey: Journey): readonly string[] =>
  journey
    .state()
    .transcript.filter((message) => message.from.kind === 'system')
    .map((message) => message.text);

test('an isolated receiver is passed over: its backup is offered the case, with path and reason on record', () => {
  const journey = begin();
  journey.turns(transferTo('bob'));
  reads(journey, isolated);
  expect(rowsOf(journey, 'readiness-read')).toEqual([
    {
      handoffId: 'h1',
      agent: 'bob',
      agentVersion: '1.2.3',
      verdict: 'isolated',
      breaker: 'open',
      failures: 2,
      until: '2026-01-05T09:00:30.000Z',
    },
  ]);
  expect(rowsOf(journey, 'handoff-declined')).toMatchObject([
    { handoffId: 'h1', to: 'bob', failure: { code: 'AGENT_NOT_READY' } },
  ]);
  expect(journey.state()).toMatchObject({ owner: 'ann', fallbacks: 1, work: { handoffId: 'h2' } });
  reads(journey, healthy);
  journey.turns(reply());
  expect(journey.state()).toMatchObject({ owner: 'constructor', path: ['ann', 'constructor'] });
  expect(said(journey)).toEqual([
    'bob cannot help at the moment, so I am looking for somebody else for you.',
    'You are now with constructor, who already has your details.',
  ]);
  endPlay(journey.play);
});

test('no more fallbacks than the team allows: then a person sees a dead letter', () => {
  const journey = begin({ fallbacks: 0 });
  journey.turns(transferTo('bob'));
  reads(journey, isolated);
  expect(journey.state()).toMatchObject({
    work: { kind: 'parked' },
    deadLetters: [{ kind: 'handoff', failure: { code: 'AGENT_NOT_READY' } }],
  });
  endPlay(journey.play);
});

test('both isolated: its source hears of it and goes on', () => {
  const journey = begin({ fallbacks: 2 });
  journey.turns(transferTo('bob'));
  reads(journey, isolated);
  reads(journey, isolated);
  expect(journey.turnInput().notices).toMatchObject([
    { kind: 'handoff-failed', to: 'constructor', failure: { code: 'AGENT_NOT_READY' } },
  ]);
  endPlay(journey.play);
});

test.each([
  ['too much to do', { backlog: 4, workers: 1 }, 'overloaded'],
  ['nobody there', { backlog: 0, workers: 0 }, 'no-worker'],
])(
  '%s: the backup stands in; it has none itself and is offered the case all the same',
  (_, load, verdict) => {
    const journey = begin({}, 3);
    const observed = (): Readiness => {
      const observedAt = new Date(journey.play.rows.at(-1)?.at ?? 0).toISOString();
      return { ...healthy, load: { ...load, backlogAgeMs: 10, observedAt } };
    };
    journey.turns(transferTo('bob'));
    reads(journey, observed());
    reads(journey, observed());
    expect(rowsOf(journey, 'readiness-read')).toMatchObject([
      { agent: 'bob', verdict, ...load },
      { agent: 'constructor', verdict: 'ready' },
    ]);
    journey.turns(reply());
    expect(journey.state().owner).toBe('constructor');
    endPlay(journey.play);
  },
);

test('load that is older than 5 s is ignored, and so is a readiness that could not be read', () => {
  const journey = begin({}, 3);
  journey.turns(transferTo('bob'));
  const observedAt = new Date(Date.parse(journey.play.rows.at(-1)?.at ?? '') - 5_002).toISOString();
  reads(journey, { load: { observedAt, backlog: 99, backlogAgeMs: 0, workers: 0 } });
  expect(rowsOf(journey, 'readiness-read')).toEqual([
    { handoffId: 'h1', agent: 'bob', agentVersion: '1.2.3', verdict: 'ready' },
  ]);
  journey.turns(reply());
  expect(journey.state().owner).toBe('bob');
});

test('what was read of an offer that is withdrawn changes nothing', () => {
  const journey = begin();
  journey.turns(transferTo('bob'));
  const { work } = journey.state();
  if (work.kind !== 'offer') throw new Error(work.kind);
  journey.dispatch({ kind: 'human-asked', message: { by: 'user', reason: 'please' } });
  journey.dispatch({ kind: 'readiness-read', turnId: work.turnId, readiness: isolated });
  expect(rowsOf(journey, 'readiness-read')).toEqual([]);
  expect(journey.state()).toMatchObject({ owner: 'people:desk', fallbacks: 0 });
});

test('failures are reported under the turn and its handoff; what a person must see to is none', () => {
  const journey = begin();
  const reports = (): readonly object[] =>
    journey.play.world.outstanding.flatMap(({ step }) =>
      step.kind === 'report-failure' ? [step.input] : [],
    );
  journey.turns(transferTo('bob'));
  reads(journey, healthy);
  journey.acknowledges();
  const { trace, handoffs } = journey.state();
  journey.turnFails('AGENT_FAILED');
  expect(reports()).toEqual([
    {
      version: '1.0.0',
      caseId: 'case-1',
      trace,
      team: 'made-up',
      agent: 'bob',
      agentVersion: '1.2.3',
      rules: breakerOf(),
      key: `${trace} t2`,
      handoff: handoffs[0]?.key,
      code: 'AGENT_FAILED',
    },
  ]);
  const [report] = reports() as [never];
  journey.dispatch({
    kind: 'failure-reported',
    report,
    reported: { state: 'open', opened: true, failures: 2, until: '2026-01-05T10:00:00.000Z' },
  });
  expect(rowsOf(journey, 'agent-isolated')).toEqual([
    {
      agent: 'bob',
      agentVersion: '1.2.3',
      code: 'AGENT_FAILED',
      failures: 2,
      until: '2026-01-05T10:00:00.000Z',
    },
  ]);
  // Back with ann, who has no breaker.
  journey.turns(transferTo('constructor'));
  reads(journey, healthy);
  journey.acknowledges();
  journey.turnFails('AGENT_NEEDS_PERSON');
  expect(reports()).toHaveLength(1);
});
