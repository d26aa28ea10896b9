import type { DirectoryPerson } from '../../contract/directory.ts';
import { refuseDoorEvent } from '../../workflows/refuse.ts';
import type { DoorEvent } from '../../workflows/events.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, type Journey } from './model/journey.ts';
import { withPeople, type PeopleRules } from './model/people.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const FRESH = 10_000;
const clerk = { roles: ['clerk'] };

/** A case that people own, of a pool that a directory knows; pam and pete were there when it came. */
function begin(more: PeopleRules['pools'] = { claimFreshMs: FRESH }): Journey {
  const journey = beginJourney(withPeople(teamOf(plainPlan()), { pools: { staffing: {}, ...more } }));
  answers(journey, { pam: clerk, pete: clerk });
  journey.dispatch({ kind: 'human-asked', message: {} });
  answers(journey, { pam: clerk, pete: clerk });
  expect(journey.state().owner).toBe('people:desk');
  return journey;
}

/** The directory answers what it is asked now. @returns the occasion */
function answers(journey: Journey, people: Record<string, DirectoryPerson>): string {
  const { world } = journey.play;
  const one = world.outstanding.find(({ step }) => step.kind === 'consult');
  if (one?.step.kind !== 'consult') throw new Error('the directory is not asked');
  world.outstanding = world.outstanding.filter((other) => other !== one);
  const { pool, occasion, intervals, from } = one.step.input;
  const instants = intervals.map((ms) => new Date(Date.parse(from) + ms).toISOString());
  journey.dispatch({ kind: 'consulted', pool, occasion, answer: { people, open: true, instants } });
  return occasion.kind;
}

const isAsked = (journey: Journey): boolean =>
  journey.play.world.outstanding.some(({ step }) => step.kind === 'consult');
const later = (journey: Journey, ms = FRESH + 1_000): void => {
  const [last] = Object.values(journey.state().directory ?? {});
  journey.play.advanceTo(Date.parse(last?.at ?? '') + ms);
};
const claimed = (by: string): DoorEvent => ({ kind: 'claimed', message: { by } });
const refusals = (journey: Journey): readonly string[] =>
  journey.state().refusals.map(({ failure }) => failure.code);

test('somebody who has left since the case came cannot claim it', () => {
  const journey = begin();
  later(journey);
  journey.dispatch(claimed('pam'));
  expect(journey.state().claimedBy).toBeUndefined();
  expect(answers(journey, { pete: clerk })).toBe('claim');
  expect(journey.state().claimedBy).toBeUndefined();
  expect(refusals(journey)).toEqual(['PERSON_FORBIDDEN']);
  journey.dispatch(claimed('pam'));
  expect(refusals(journey)).toEqual(['PERSON_FORBIDDEN', 'PERSON_FORBIDDEN']);
  // The answer is fresh now: nobody is asked again.
  journey.dispatch(claimed('pete'));
  expect([journey.state().claimedBy, isAsked(journey)]).toEqual(['pete', false]);
  endPlay(journey.play);
});

test('a claim waits for the answer, and meanwhile others are told to ask again', () => {
  const journey = begin();
  later(journey);
  journey.dispatch(claimed('pam'));
  const refused = refuseDoorEvent(journey.state(), claimed('pete'), Date.parse('2030-01-01T00:00:00Z'));
  expect(refused?.code).toBe('DIRECTORY_PENDING');
  answers(journey, { pam: clerk, pete: clerk });
  expect(journey.state().claimedBy).toBe('pam');
  expect(journey.state().claiming).toBeUndefined();
  endPlay(journey.play);
});

test('a directory that will never answer leaves the case to whoever asks next', () => {
  const journey = begin();
  later(journey);
  journey.dispatch(claimed('pam'));
  const { world } = journey.play;
  world.outstanding = world.outstanding.filter(({ step }) => step.kind !== 'consult');
  const trouble = { failure: { code: 'PAYLOAD_UNDECODABLE' as const, message: 'damaged' } };
  journey.dispatch({ kind: 'consult-failed', pool: 'desk', trouble });
  expect(journey.state().claimedBy).toBeUndefined();
  expect(journey.state().claiming).toBeUndefined();
  expect(refusals(journey)).toContain('DIRECTORY_PENDING');
  journey.dispatch(claimed('pam'));
  expect(isAsked(journey)).toBe(true);
});

test.each<[string, DoorEvent]>([
  ['speaking', { kind: 'person-replied', message: { by: 'pam', messageId: 'x', text: 'hello' } }],
  ['giving back', { kind: 'gave-back', message: { by: 'pam', note: 'x' } }],
  ['resolving', { kind: 'person-resolved', message: { by: 'pam', outcome: 'x', note: 'x', seen: 2 } }],
  ['taking over', { kind: 'taken-over', message: { by: 'pam', reason: 'x' } }],
  ['reassigning', { kind: 'reassigned', message: { by: 'pam', to: 'pam', reason: 'x' } }],
])('%s takes no case past the directory either; whoever holds it is not asked about', (_what, event) => {
  const journey = begin();
  later(journey);
  journey.dispatch(event);
  expect(journey.state().claimedBy).toBeUndefined();
  expect(refusals(journey)).toEqual(['DIRECTORY_PENDING']);
  answers(journey, { pete: clerk });
  journey.dispatch(event);
  expect(refusals(journey)).toEqual(['DIRECTORY_PENDING', 'PERSON_FORBIDDEN']);
  const held = begin();
  held.dispatch(claimed('pam'));
  later(held);
  held.dispatch(event);
  expect([refusals(held), isAsked(held)]).toEqual([[], false]);
});

test('a team of an earlier release takes the last answer, however old', () => {
  const journey = begin({});
  later(journey, 3_600_000);
  journey.dispatch(claimed('pam'));
  expect([journey.state().claimedBy, isAsked(journey)]).toEqual(['pam', false]);
});
