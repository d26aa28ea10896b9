import { failure } from '../../contract/failures.ts';
import { parseTeamManifest } from '../../contract/team.ts';
import { endPlay } from './model/checks.ts';
import { decides } from './model/decides.ts';
import { beginJourney, callOf, reply, transferTo, type Journey } from './model/journey.ts';
import { withPeople, type PeopleRules } from './model/people.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const kinds = (journey: Journey): readonly string[] =>
  journey.play.rows.map((row) => row.kind).filter((kind) => /review-|people-|handoff-accepted/.test(kind));

/** A case of a team with two pools; its edge to bob is approved by the desk. */
function begin(rules: PeopleRules): Journey {
  const plan = plainPlan({
    pools: 2,
    edges: [{ from: 0, to: 1, approval: 'always', noReturn: false, fallback: [] }],
  });
  const team = teamOf(plan);
  const edges = team.edges.map((one) =>
    one.approval ? { ...one, approval: { ...one.approval, pool: 'desk' } } : one,
  );
  return beginJourney(withPeople({ ...team, edges }, rules));
}

const waiting = {
  reminders: [1_000, 3_000],
  escalation: [{ afterMs: 2_000, pool: 'law' }],
};

test('F30: nobody answers a review: reminded, others asked besides, then refused; never a yes', () => {
  const journey = begin({ approvals: { waiting } });
  journey.turns(transferTo('bob'));
  expect(journey.state().reviews[0]?.ahead).toHaveLength(3);
  for (let step = 0; step < 3; step += 1) journey.fires('review r1, unanswered');
  expect(journey.state().reviews[0]).toMatchObject({
    status: 'open',
    reminders: 2,
    widened: [{ pool: 'law' }],
    ahead: [],
  });
  journey.fires('review r1');
  expect(kinds(journey)).toEqual([
    'review-opened',
    'review-reminded',
    'review-widened',
    'review-reminded',
    'review-expired',
  ]);
  expect(journey.state()).toMatchObject({
    owner: 'ann',
    reviews: [{ status: 'expired' }],
    handoffs: [{ status: 'refused' }],
  });
  expect(journey.play.world.timers.size).toBe(0);
  endPlay(journey.play);
});

test('whoever is asked besides may decide, from then on; and the first still may', () => {
  const early = begin({ approvals: { waiting } });
  early.turns(transferTo('bob'));
  decides(early, 'lou');
  expect(early.state().refusals.map((one) => one.failure.code)).toEqual(['REVIEW_FORBIDDEN']);
  for (const by of ['lou', 'pam']) {
    const journey = begin({ approvals: { waiting } });
    journey.turns(transferTo('bob'));
    for (let step = 0; step < 2; step += 1) journey.fires('review r1, unanswered');
    decides(journey, by);
    expect(journey.state()).toMatchObject({ reviews: [{ status: 'approved' }], work: { kind: 'offer' } });
    expect([...journey.play.world.timers.keys()]).toEqual(['offer h1']);
    endPlay(journey.play);
  }
});

test.each([
  ['a handoff', (journey: Journey) => journey.turns(transferTo('bob'))],
  ['a call', (journey: Journey) => journey.turns(callOf('peek'))],
  [
    'a question',
    (journey: Journey) =>
      journey.turns({ kind: 'ask-review', question: 'May I?', subject: 1, expiresMs: 3_000 }),
  ],
])('%s that nobody decides is refused, and people take the case where that was said', (what, ask) => {
  const journey = begin({ approvals: { atExpiry: 'escalate' }, pools: { waiting: { reminders: [500] } } });
  ask(journey);
  journey.fires('review r1, unanswered');
  journey.fires('review r1');
  // An agent's own question says nothing of its expiry: the agent is told.
  const people = what !== 'a question';
  expect(journey.state()).toMatchObject(
    people
      ? { owner: 'people:desk', work: { kind: 'idle' }, reviews: [{ status: 'expired', reminders: 1 }] }
      : { owner: 'ann', work: { kind: 'turn' }, reviews: [{ status: 'expired', reminders: 1 }] },
  );
  endPlay(journey.play);
});

test('nobody takes a case: people are reminded, and it goes on to others, who are reminded in their turn', () => {
  const journey = begin({ pools: { waiting } });
  journey.dispatch({ kind: 'human-asked', message: {} });
  expect(journey.state()).toMatchObject({ owner: 'people:desk', unattended: { pool: 'desk', reminders: 0 } });
  for (let step = 0; step < 3; step += 1) journey.fires('people, unanswered');
  expect(kinds(journey)).toEqual([
    'handoff-accepted',
    'people-reminded',
    'handoff-accepted',
    'people-reminded',
  ]);
  expect(journey.state()).toMatchObject({
    owner: 'people:law',
    path: ['ann', 'people:desk', 'people:law'],
    unattended: { pool: 'desk', reminders: 2, ahead: [] },
  });
  // Given back, it goes to the agent that had it, whatever pools it went through.
  journey.dispatch({ kind: 'gave-back', message: { by: 'lou', note: 'go on' } });
  expect(journey.state()).toMatchObject({ handoffs: [{}, {}, { to: 'ann', status: 'offered' }] });
  journey.turns(reply());
  expect(journey.state().unattended).toBeUndefined();
  endPlay(journey.play);
});

test('somebody who takes the case ends the wait; a continued case goes on waiting', () => {
  const journey = begin({ pools: { waiting } });
  journey.dispatch({ kind: 'human-asked', message: {} });
  journey.play.settle();
  const before = journey.play.world.timers.get('people, unanswered')?.at;
  expect(journey.play.continueAsNew()).toBe(true);
  expect(journey.play.world.timers.get('people, unanswered')?.at).toBe(before);
  journey.dispatch({ kind: 'claimed', message: { by: 'pam' } });
  expect(journey.state().unattended).toBeUndefined();
  expect(journey.play.world.timers.size).toBe(0);
  endPlay(journey.play);
});

test('there is no word for a yes at expiry', () => {
  const team = teamOf(plainPlan());
  const approval = { pool: 'desk', expiresMs: 1, question: 'May it?', atExpiry: 'approve' };
  const parsed = parseTeamManifest({
    ...team,
    edges: [{ ...team.edges[0], approval }],
  });
  expect(parsed).toMatchObject({ ok: false, failure: { code: failure('TEAM_INVALID').code } });
  expect(parsed.ok ? '' : parsed.failure.message).toMatch(/atExpiry/);
});
