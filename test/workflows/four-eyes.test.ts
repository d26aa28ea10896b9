import type { Decision } from '../../contract/decision.ts';
import { beginJourney, transferTo, type Journey } from './model/journey.ts';
import { endPlay } from './model/checks.ts';
import { plainPlan, teamOf } from './model/teams.ts';

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
