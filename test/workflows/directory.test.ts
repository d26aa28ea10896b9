import type { DirectoryAnswer, DirectoryOccasion, DirectoryPerson } from '../../contract/directory.ts';
import { endPlay } from './model/checks.ts';
import { decides } from './model/decides.ts';
import { beginJourney, reply, transferTo, type Journey } from './model/journey.ts';
import { withPeople, type PeopleRules } from './model/people.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const HOUR = 3_600_000;

/** Two pools that a directory knows; the edge to bob needs so many of the desk, who must be clerks. */
function begin(approvals: PeopleRules['approvals'] & { approvers?: number }, afterHours?: string): Journey {
  const plan = plainPlan({
    pools: 2,
    edges: [{ from: 0, to: 1, approval: 'always', noReturn: false, fallback: [] }],
  });
  const team = teamOf(plan);
  const edges = team.edges.map((one) =>
    one.approval
      ? {
          ...one,
          approval: { ...one.approval, ...approvals, pool: 'desk', roles: ['clerk'], expiresMs: 2 * HOUR },
        }
      : one,
  );
  const staffing = afterHours === undefined ? {} : { afterHours };
  const journey = beginJourney(
    withPeople({ ...team, edges }, { pools: { staffing, waiting: { reminders: [60_000] } } }),
  );
  // What is asked as the case opens is for staff who take it over; here it is not answered.
  const { world } = journey.play;
  world.outstanding = world.outstanding.filter(({ step }) => step.kind !== 'consult');
  return journey;
}

/** The directory answers what it was asked. */
function answers(
  journey: Journey,
  people: Record<string, DirectoryPerson>,
  change: Partial<DirectoryAnswer> = {},
): DirectoryOccasion['kind'] {
  const { world } = journey.play;
  const one = world.outstanding.find(({ step }) => step.kind === 'consult');
  if (one?.step.kind !== 'consult') throw new Error('the directory is not asked');
  world.outstanding = world.outstanding.filter((other) => other !== one);
  const { pool, occasion, from, intervals } = one.step.input;
  const instants = intervals.map((ms) => new Date(Date.parse(from) + ms).toISOString());
  journey.dispatch({
    kind: 'consulted',
    pool,
    occasion,
    answer: { people, open: true, instants, ...change },
  });
  return occasion.kind;
}

const clerk = { roles: ['clerk'] };

test('nobody decides before the directory has said who they are, and nobody whom it does not name', () => {
  const journey = begin({});
  journey.turns(transferTo('bob'));
  expect(decides(journey, 'pam')).toBe('DIRECTORY_PENDING');
  expect(answers(journey, { pam: { roles: [] }, pete: clerk })).toBe('review-opened');
  expect(decides(journey, 'lou')).toBe('REVIEW_FORBIDDEN');
  expect(decides(journey, 'pam')).toBe('REVIEW_FORBIDDEN');
  expect(decides(journey, 'pete')).toBe('approved');
  endPlay(journey.play);
});

test('somebody who has left by the time of a reminder cannot approve any more', () => {
  const journey = begin({});
  journey.turns(transferTo('bob'));
  answers(journey, { pam: clerk, pete: clerk });
  journey.fires('review r1, unanswered');
  expect(answers(journey, { pete: clerk })).toBe('review-due');
  expect(decides(journey, 'pam')).toBe('REVIEW_FORBIDDEN');
  expect(decides(journey, 'pete')).toBe('approved');
});

test('who leaves at a known instant loses their say then, without a question', () => {
  const journey = begin({});
  journey.turns(transferTo('bob'));
  const until = new Date(Date.parse(journey.state().reviews[0]?.openedAt ?? '') + 1_000).toISOString();
  answers(journey, { pam: { ...clerk, until } });
  journey.play.advanceTo(Date.parse(until));
  expect(decides(journey, 'pam')).toBe('REVIEW_FORBIDDEN');
});

test('instants of a review are those of working time', () => {
  const journey = begin({});
  journey.turns(transferTo('bob'));
  const instants = ['2026-01-06T09:00:00.000Z', '2026-01-07T09:00:00.000Z'];
  answers(journey, { pam: clerk }, { instants, assigned: 'pam' });
  expect(journey.state().reviews[0]).toMatchObject({
    ahead: [{ at: instants[0], do: 'remind' }],
    expiresAt: instants[1],
    assignedTo: 'pam',
  });
  expect(journey.play.world.timers.get('review r1')?.at).toBe(instants[1]);
});

test('a deputy has the authority of another for its time, and the two count as one', () => {
  const from = Date.UTC(2026, 0, 5, 10);
  const lent = {
    person: 'boss',
    roles: ['clerk'],
    from: new Date(from).toISOString(),
    until: new Date(from + 60_000).toISOString(),
  };
  const people = { boss: clerk, pam: { roles: [], deputy: true as const, actsFor: [lent] }, pete: clerk };
  const journey = begin({ approvers: 2 });
  journey.turns(transferTo('bob'));
  answers(journey, people);
  expect(decides(journey, 'pam')).toBe('REVIEW_FORBIDDEN');
  journey.play.advanceTo(from);
  expect(decides(journey, 'pam')).toBe('open');
  expect(journey.state().reviews[0]?.approvals).toMatchObject([{ by: 'pam', onBehalfOf: 'boss' }]);
  expect(decides(journey, 'boss')).toBe('REVIEW_FORBIDDEN');
  expect(decides(journey, 'pete')).toBe('approved');
  const late = begin({});
  late.turns(transferTo('bob'));
  answers(late, people);
  late.play.advanceTo(from + 60_000);
  expect(decides(late, 'pam')).toBe('REVIEW_FORBIDDEN');
});

test('after hours the other pool is asked, and a case goes there; pools that stand in for each other do not loop', () => {
  const journey = begin({}, 'law');
  journey.turns(transferTo('bob'));
  answers(journey, { pam: clerk }, { open: false });
  answers(journey, { lou: clerk });
  expect(journey.state().reviews[0]).toMatchObject({ widened: [{ pool: 'law' }] });
  expect(decides(journey, 'lou')).toBe('approved');

  const human = begin({}, 'law');
  human.dispatch({ kind: 'human-asked', message: {} });
  answers(human, { pam: clerk }, { open: false, opensAt: '2026-01-06T09:00:00.000Z' });
  expect(human.state()).toMatchObject({ owner: 'people:law', path: ['ann', 'people:desk', 'people:law'] });
  answers(human, { lou: clerk }, { open: false, assigned: 'lou' });
  expect(human.state()).toMatchObject({ owner: 'people:law', assignedTo: 'lou' });
});

test('who had a case is asked for first when it comes back; strangers cannot take it', () => {
  const journey = begin({});
  journey.dispatch({ kind: 'human-asked', message: {} });
  answers(journey, { pam: clerk });
  journey.dispatch({ kind: 'claimed', message: { by: 'eve' } });
  expect(journey.state().refusals.map((one) => one.failure.code)).toEqual(['PERSON_FORBIDDEN']);
  journey.dispatch({ kind: 'claimed', message: { by: 'pam' } });
  journey.dispatch({ kind: 'gave-back', message: { by: 'pam', note: 'yours' } });
  journey.turns(reply());
  journey.dispatch({ kind: 'human-asked', message: {} });
  const asked = journey.play.world.outstanding.flatMap(({ step }) =>
    step.kind === 'consult' ? [step.input] : [],
  );
  expect(asked).toMatchObject([{ pool: 'desk', occasion: { kind: 'case-arrived' }, last: 'pam' }]);
});
