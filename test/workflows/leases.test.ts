import type { DoorEvent } from '../../workflows/events.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, reply, transferTo, type Journey } from './model/journey.ts';
import { withPeople, type PeopleRules } from './model/people.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const LEASE = 60_000;

function begin(pools: PeopleRules['pools'] = {}): Journey {
  return beginJourney(withPeople(teamOf(plainPlan({ pools: 2 })), { pools: { leaseMs: LEASE, ...pools } }));
}

function withPeopleNow(pools: PeopleRules['pools'] = {}): Journey {
  const journey = begin(pools);
  journey.dispatch({ kind: 'human-asked', message: {} });
  return journey;
}

/** Knocks, and answers the code of the refusal, or `taken`. */
function knocks(journey: Journey, event: DoorEvent): string {
  const before = journey.state().refusalCount;
  journey.dispatch(event);
  const { refusalCount, refusals } = journey.state();
  return refusalCount === before ? 'taken' : (refusals.at(-1)?.failure.code ?? '');
}

const claim = (by: string): DoorEvent => ({ kind: 'claimed', message: { by } });
const taken = (by: string, pool?: string): DoorEvent => ({
  kind: 'taken-over',
  message: { by, reason: 'I know it', ...(pool === undefined ? {} : { pool }) },
});
const kinds = (journey: Journey): readonly string[] =>
  journey.play.rows.map((row) => row.kind).filter((kind) => kind.startsWith('person-'));

test('a lease that runs out gives the case back to the pool', () => {
  const journey = withPeopleNow();
  expect(knocks(journey, claim('pam'))).toBe('taken');
  expect(knocks(journey, claim('pete'))).toBe('CLAIMED_BY_OTHER');
  expect(journey.state().refusals.at(-1)?.failure.message).toContain(journey.state().lease?.until);
  journey.fires('lease');
  expect(journey.state().claimedBy).toBeUndefined();
  expect(knocks(journey, claim('pete'))).toBe('taken');
  expect(kinds(journey)).toEqual(['person-claimed', 'person-released', 'person-claimed']);
  endPlay(journey.play);
});

test('any act of the holder renews it, and no act of anybody else', () => {
  const journey = withPeopleNow();
  knocks(journey, claim('pam'));
  const first = journey.state().lease?.until ?? '';
  journey.dispatch({ kind: 'whispered', message: { by: 'pete', note: 'hurry' } });
  journey.says('u1');
  expect(journey.state().lease?.until).toBe(first);
  journey.play.advanceTo(Date.parse(first) - 1_000);
  journey.dispatch({ kind: 'person-replied', message: { by: 'pam', messageId: 'p1', text: 'here' } });
  const renewed = journey.state().lease?.until ?? '';
  expect(Date.parse(renewed)).toBeGreaterThan(Date.parse(first));
  expect(journey.play.world.timers.get('lease')?.at).toBe(renewed);
  // A timer that was set before rings for nothing.
  journey.dispatch({ kind: 'lease-due' });
  expect(journey.state().claimedBy).toBe('pam');
});

test('by the clock of the case a lease is over also when its timer has not fired yet', () => {
  const journey = withPeopleNow();
  knocks(journey, claim('pam'));
  journey.play.advanceTo(Date.parse(journey.state().lease?.until ?? ''));
  expect(knocks(journey, claim('pete'))).toBe('taken');
  expect(journey.state()).toMatchObject({ claimedBy: 'pete', lease: { by: 'pete' } });
  expect(kinds(journey)).toEqual(['person-claimed', 'person-released', 'person-claimed']);
});

test('a continued case keeps the lease, and a pool without one holds for good', () => {
  const journey = withPeopleNow();
  knocks(journey, claim('pam'));
  journey.play.settle();
  const { until } = journey.state().lease ?? {};
  expect(journey.play.continueAsNew()).toBe(true);
  expect(journey.play.world.timers.get('lease')?.at).toBe(until);
  const forGood = withPeopleNow({ leaseMs: undefined });
  knocks(forGood, claim('pam'));
  expect(forGood.play.world.timers.size).toBe(0);
});

test('released, a case is the pool’s again; nobody else can let go of it', () => {
  const journey = withPeopleNow();
  knocks(journey, claim('pam'));
  const release = (by: string): DoorEvent => ({ kind: 'released', message: { by } });
  expect(knocks(journey, release('pete'))).toBe('CLAIMED_BY_OTHER');
  expect(knocks(journey, release('pam'))).toBe('taken');
  expect(knocks(journey, release('pam'))).toBe('taken');
  expect(kinds(journey)).toEqual(['person-claimed', 'person-released']);
  expect(journey.play.world.timers.size).toBe(0);
});

test('reassigned by its holder, by anybody of the pool where nobody holds it, and by supervisors', () => {
  const reassign = (by: string, to: string): DoorEvent => ({
    kind: 'reassigned',
    message: { by, to, reason: 'better' },
  });
  const journey = withPeopleNow();
  expect(knocks(journey, reassign('pam', 'lou'))).toBe('PERSON_FORBIDDEN');
  expect(knocks(journey, reassign('pam', 'pete'))).toBe('taken');
  expect(knocks(journey, reassign('pam', 'pam'))).toBe('CLAIMED_BY_OTHER');
  expect(knocks(journey, reassign('pete', 'pam'))).toBe('taken');
  expect(journey.state()).toMatchObject({ claimedBy: 'pam', lease: { by: 'pam' } });
  const overseen = withPeopleNow({ supervisors: ['desk'] });
  knocks(overseen, claim('pam'));
  expect(knocks(overseen, reassign('pete', 'pete'))).toBe('taken');
});

test.each([
  ['idle', (journey: Journey) => journey.turns(reply())],
  ['turn', () => undefined],
  ['offer', (journey: Journey) => journey.turns(transferTo('bob'))],
  ['calls', (journey: Journey) => journey.turns(callOf('peek'))],
  ['question', (journey: Journey) => journey.turns({ kind: 'ask-review', question: 'May I?', subject: 1 })],
])('U14: staff take a case over that is %s, and hold it', (_, lead) => {
  const journey = begin();
  lead(journey);
  expect(knocks(journey, taken('eve'))).toBe('PERSON_FORBIDDEN');
  expect(knocks(journey, taken('pam', 'law'))).toBe('PERSON_FORBIDDEN');
  expect(knocks(journey, taken('lou'))).toBe('taken');
  expect(journey.state()).toMatchObject({ owner: 'people:law', claimedBy: 'lou', work: { kind: 'idle' } });
  expect(journey.state().humanAsked).toBeUndefined();
  endPlay(journey.play);
});

test('while a call runs, the first who takes the case over gets it once it has ended', () => {
  const journey = begin();
  journey.turns(callOf('look'));
  expect(knocks(journey, taken('pam'))).toBe('taken');
  expect(knocks(journey, taken('lou'))).toBe('CLAIMED_BY_OTHER');
  journey.callEnds();
  expect(journey.state()).toMatchObject({ owner: 'people:desk', claimedBy: 'pam' });
});

test('people take over from people: what nobody holds, and what somebody holds as their supervisor', () => {
  const journey = withPeopleNow({ supervisors: ['desk'] });
  expect(knocks(journey, taken('lou', 'law'))).toBe('taken');
  expect(journey.state()).toMatchObject({ owner: 'people:law', claimedBy: 'lou' });
  // Pam is a supervisor at the desk, and nothing in the pool that has the case.
  expect(knocks(journey, taken('pam', 'desk'))).toBe('CLAIMED_BY_OTHER');
  const desk = withPeopleNow({ supervisors: ['desk'] });
  knocks(desk, claim('pete'));
  expect(knocks(desk, taken('pam'))).toBe('taken');
  expect(desk.state().claimedBy).toBe('pam');
  const equals = withPeopleNow();
  knocks(equals, claim('pete'));
  expect(knocks(equals, taken('pam'))).toBe('CLAIMED_BY_OTHER');
});

test('U14: people hand a case to an agent by hand, also to one it did not come from', () => {
  const journey = withPeopleNow();
  const back = (to: string): DoorEvent => ({ kind: 'gave-back', message: { by: 'pam', note: 'yours', to } });
  expect(knocks(journey, back('nobody'))).toBe('TARGET_UNKNOWN');
  expect(knocks(journey, back('bob'))).toBe('taken');
  journey.turns(reply());
  expect(journey.state()).toMatchObject({ owner: 'bob', path: ['ann', 'people:desk', 'bob'] });
  endPlay(journey.play);
});

test('a whisper reaches the agent with its next turn, and never the user', () => {
  const journey = begin();
  journey.turns(reply());
  expect(knocks(journey, { kind: 'whispered', message: { by: 'eve', note: 'x' } })).toBe('PERSON_FORBIDDEN');
  expect(knocks(journey, { kind: 'whispered', message: { by: 'pam', note: 'ask for the order' } })).toBe(
    'taken',
  );
  journey.says('u1');
  const [turn] = journey.play.world.outstanding.filter(({ step }) => step.kind === 'turn');
  expect(turn?.step).toMatchObject({ input: { notices: [{ kind: 'whisper', by: 'pam' }] } });
  expect(JSON.stringify(journey.state().transcript)).not.toContain('ask for the order');
});
