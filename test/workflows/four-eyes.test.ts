import type { Decision } from '../../contract/decision.ts';
import { beginJourney, transferTo, type Journey } from './model/journey.ts';
import { endPlay } from './model/checks.ts';
import { approvedPlan, plainPlan, teamOf } from './model/teams.ts';

/** A handoff that two of the desk must approve, held. */
function held(roles?: string[]): Journey {
  const team = teamOf(
    plainPlan({ edges: [{ from: 0, to: 1, approval: 'two', noReturn: false, fallback: [] }] }),
  );
  const edges = team.edges.map((one) =>
    one.approval && roles ? { ...one, approval: { ...one.approval, roles } } : one,
  );
  const journey = beginJourney({ ...team, edges });
  journey.turns(transferTo('bob'));
  expect(journey.state()).toMatchObject({
    work: { kind: 'held' },
    reviews: [{ approvers: 2, status: 'open' }],
  });
  return journey;
}

function decide(journey: Journey, by: string, change: Partial<Decision> = {}): void {
  const [review] = journey.state().reviews;
  if (!review) throw new Error('no review');
  const { id: reviewId, digest } = review;
  journey.dispatch({
    kind: 'decided',
    message: { reviewId, digest, decision: 'approve', by, reason: 'fine', ...change },
  });
}

const codes = (journey: Journey): readonly string[] =>
  journey.state().refusals.map((one) => one.failure.code);

test('one yes of two leaves the review open; the second, of somebody else, releases the handoff', () => {
  const journey = held();
  decide(journey, 'pam');
  expect(journey.state().reviews[0]).toMatchObject({ status: 'open', approvals: [{ by: 'pam' }] });
  decide(journey, 'pete');
  expect(journey.state()).toMatchObject({
    reviews: [{ status: 'approved', approvals: [{ by: 'pam' }, { by: 'pete' }], decision: { by: 'pete' } }],
    handoffs: [{ status: 'offered' }],
  });
  endPlay(journey.play);
});

test('the same person counts once: the same yes is a repeat, another one is refused', () => {
  const journey = held();
  decide(journey, 'pam');
  decide(journey, 'pam');
  expect(codes(journey)).toEqual([]);
  decide(journey, 'pam', { reason: 'very fine' });
  expect(codes(journey)).toEqual(['REVIEW_DECIDED']);
  expect(journey.state().reviews[0]).toMatchObject({ status: 'open', approvals: [{ by: 'pam' }] });
  // Whoever was first hears no complaint when the review is over.
  decide(journey, 'pete');
  decide(journey, 'pam');
  expect(codes(journey)).toEqual(['REVIEW_DECIDED']);
});

test('a single no refuses, also that of somebody who has said yes before', () => {
  const journey = held();
  decide(journey, 'pam');
  decide(journey, 'pam', { decision: 'reject', reason: 'on second thoughts' });
  expect(journey.state()).toMatchObject({
    reviews: [{ status: 'rejected' }],
    handoffs: [{ status: 'refused' }],
  });
  decide(journey, 'pete');
  expect(codes(journey)).toEqual(['REVIEW_DECIDED']);
});

test('only people of the roles asked for count', () => {
  const journey = held(['lead']);
  decide(journey, 'pam');
  expect(codes(journey)).toEqual(['REVIEW_FORBIDDEN']);
  expect(journey.state().reviews[0]?.approvals).toBeUndefined();
});

/** A handoff that one of the desk must approve, and nobody who has asked for it; `before` is told beforehand. */
function heldFor(openedBy: string, before: (journey: Journey) => void = () => undefined): Journey {
  const team = teamOf(approvedPlan());
  const edges = team.edges.map((one) =>
    one.approval ? { ...one, approval: { ...one.approval, requesters: 'excluded' as const } } : one,
  );
  const journey = beginJourney({ ...team, edges }, false, { openedBy });
  before(journey);
  journey.turns(transferTo('bob'));
  return journey;
}

test('whoever asked for something may say no to it and not yes: who opened the case, and who told its agent', () => {
  const opened = heldFor('pam');
  expect(opened.state().reviews[0]).toMatchObject({ status: 'open', excluded: ['pam'] });
  decide(opened, 'pam');
  expect(opened.state().refusals.at(-1)?.failure).toMatchObject({
    code: 'REVIEW_FORBIDDEN',
    message: expect.stringContaining('"pam" has asked for what r1 is about') as unknown,
  });
  decide(opened, 'pete');
  expect(opened.state().reviews[0]).toMatchObject({ status: 'approved', decision: { by: 'pete' } });

  const told = heldFor('somebody', (journey) => {
    journey.dispatch({ kind: 'whispered', message: { by: 'pete', note: 'hand it to bob' } });
  });
  expect(told.state().reviews[0]?.excluded).toEqual(['somebody', 'pete']);
  decide(told, 'pete');
  expect(codes(told)).toEqual(['REVIEW_FORBIDDEN']);
  decide(told, 'pete', { decision: 'reject', reason: 'no' });
  expect(told.state().reviews[0]).toMatchObject({ status: 'rejected', decision: { by: 'pete' } });
});

test('what somebody says once people are asked changes nothing of who may say yes', () => {
  const journey = heldFor('somebody');
  journey.dispatch({ kind: 'whispered', message: { by: 'pam', note: 'what a pity' } });
  decide(journey, 'pam');
  expect(journey.state().reviews[0]).toMatchObject({ status: 'approved', decision: { by: 'pam' } });
});

test('a team that lets requesters say yes notes nobody', () => {
  const journey = held();
  expect(journey.state()).not.toHaveProperty('requesters');
  expect(journey.state().reviews[0]).not.toHaveProperty('excluded');
});
