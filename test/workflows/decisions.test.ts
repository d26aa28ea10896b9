import type { Decision } from '../../contract/decision.ts';
import { decide } from '../../workflows/decide/decide.ts';
import type { CaseEvent } from '../../workflows/events.ts';
import { endPlay } from './model/checks.ts';
import { decides } from './model/decides.ts';
import { beginJourney, callOf, transferTo, type Journey } from './model/journey.ts';
import { withPeople, type PeopleRules } from './model/people.ts';
import { approvedPlan, limitedTeam, teamOf } from './model/teams.ts';

const UNDO = 10_000;

/** Both of the desk must approve a `gift`; one is enough for a `peek` and for the edge to bob. */
function begin(approvals: PeopleRules['approvals'] = {}): Journey {
  return beginJourney(withPeople(teamOf(approvedPlan()), { approvals }));
}

const effects = (journey: Journey): number =>
  journey.play.world.outstanding.filter(({ step }) => step.kind === 'effect' || step.kind === 'look').length;

test('an approval counts once its time to be taken back is over, and not before', () => {
  const journey = begin({ undoMs: UNDO });
  journey.turns(callOf('peek'));
  expect(decides(journey, 'pam')).toBe('approved');
  expect(effects(journey)).toBe(0);
  journey.play.settle();
  expect(journey.play.continueAsNew()).toBe(true);
  journey.fires('review r1, release');
  expect(effects(journey)).toBe(1);
  expect(decides(journey, 'pam', { decision: 'withdraw' })).toBe('REVIEW_RELEASED');
  endPlay(journey.play);
});

test('what else the turn asked for does not release it early', () => {
  const journey = begin({ undoMs: UNDO });
  journey.turns(callOf('peek', 'look'));
  expect(decides(journey, 'pam')).toBe('approved');
  journey.callEnds();
  expect(effects(journey)).toBe(0);
  journey.fires('review r1, release');
  expect(effects(journey)).toBe(1);
  endPlay(journey.play);
});

test('whoever approved may take it back meanwhile, and nobody else; from then on it is a no', () => {
  const journey = begin({ undoMs: UNDO });
  journey.turns(transferTo('bob'));
  expect(decides(journey, 'pam', { decision: 'withdraw' })).toBe('REVIEW_RELEASED');
  decides(journey, 'pam');
  expect(journey.state().work.kind).toBe('held');
  expect(decides(journey, 'pete', { decision: 'withdraw' })).toBe('REVIEW_FORBIDDEN');
  expect(decides(journey, 'pam', { decision: 'withdraw' })).toBe('rejected');
  expect(decides(journey, 'pam', { decision: 'withdraw' })).toBe('rejected');
  expect(decides(journey, 'pete')).toBe('REVIEW_DECIDED');
  expect(journey.state()).toMatchObject({ owner: 'ann', handoffs: [{ status: 'refused' }] });
  expect(journey.play.world.timers.size).toBe(0);
  endPlay(journey.play);
});

test('by the clock of the case it is too late also where the timer has not fired yet', () => {
  const journey = begin({ undoMs: UNDO });
  journey.turns(transferTo('bob'));
  decides(journey, 'pam');
  journey.play.advanceTo(Date.parse(journey.state().reviews[0]?.releaseAt ?? ''));
  expect(decides(journey, 'pam', { decision: 'withdraw' })).toBe('REVIEW_RELEASED');
});

test.each([
  ['a cancel', { kind: 'cancel-requested' }],
  ['a request for a human', { kind: 'human-asked', message: {} }],
] as const)('%s stops what is approved and not released', (_, event) => {
  for (const ask of [callOf('peek'), transferTo('bob')]) {
    const journey = begin({ undoMs: UNDO });
    journey.turns(ask);
    decides(journey, 'pam');
    journey.dispatch(event);
    expect(journey.state().reviews[0]?.status).toBe('withdrawn');
    expect(journey.play.world.timers.has('review r1, release')).toBe(false);
    expect(effects(journey)).toBe(0);
    endPlay(journey.play);
  }
});

test('an edit is an approval of what it says, and voids what others have approved', () => {
  const journey = begin();
  journey.turns(callOf('gift'));
  expect(decides(journey, 'pam')).toBe('open');
  const shown = journey.state().reviews[0]?.digest;
  expect(decides(journey, 'pete', { decision: 'edit', edits: { amount: 7 } })).toBe('open');
  const [review] = journey.state().reviews;
  expect(review?.digest).not.toBe(shown);
  expect(review).toMatchObject({
    subject: { arguments: { amount: 7 } },
    approvals: [{ by: 'pete', decision: 'approve', digest: review?.digest }],
  });
  // Pam has approved something else; what she saw does not count any more.
  expect(decides(journey, 'pam', { digest: shown ?? '' })).toBe('REVIEW_STALE');
  expect(decides(journey, 'pam')).toBe('approved');
  const [call] = journey.play.world.outstanding.flatMap(({ step }) => (step.kind === 'effect' ? [step] : []));
  expect(call?.input.arguments).toEqual({ amount: 7 });
  expect(journey.play.rows.find((row) => row.kind === 'review-edited')?.content).toMatchObject({
    by: 'pete',
    fields: ['amount'],
    voided: ['pam'],
    before: shown,
  });
  endPlay(journey.play);
});

test('an edit lifts no limit of the agent, and only calls can be edited', () => {
  const journey = beginJourney(limitedTeam());
  journey.turns(callOf('peek'));
  expect(decides(journey, 'pam', { decision: 'edit', edits: { amount: 51 } })).toBe('AUTHORITY_EXCEEDED');
  expect(decides(journey, 'pam', { decision: 'edit' })).toBe('INPUT_INVALID');
  expect(decides(journey, 'pam', { decision: 'edit', edits: { amount: 50 } })).toBe('approved');
  const handoff = begin();
  handoff.turns(transferTo('bob'));
  expect(decides(handoff, 'pam', { decision: 'edit', edits: { amount: 1 } })).toBe('EDIT_FORBIDDEN');
});

test('asked for information, the user answers, and the review stays open with its clock', () => {
  const journey = begin();
  journey.turns(callOf('peek'));
  expect(decides(journey, 'eve', { decision: 'ask', reason: 'Which card?' })).toBe('REVIEW_FORBIDDEN');
  const { expiresAt } = journey.state().reviews[0] ?? {};
  expect(decides(journey, 'pam', { decision: 'ask', reason: 'Which card?' })).toBe('open');
  expect(journey.state().transcript.at(-1)).toMatchObject({
    text: 'Which card?',
    from: { kind: 'person', name: 'pam', pool: 'desk' },
  });
  journey.says('the-black-one');
  expect(journey.state().reviews[0]).toMatchObject({
    status: 'open',
    expiresAt,
    questions: [{ by: 'pam', text: 'Which card?', answeredBy: 'the-black-one' }],
  });
  expect(decides(journey, 'pam')).toBe('approved');
  endPlay(journey.play);
});

test('when a door showed it stands with the decision, and binds nobody', () => {
  const journey = begin();
  journey.turns(callOf('gift'));
  const shownAt = '2026-01-05T08:59:59.000Z';
  expect(decides(journey, 'pam', { shownAt })).toBe('open');
  // The same yes, shown again: it is a repeat.
  expect(decides(journey, 'pam')).toBe('open');
  expect(decides(journey, 'pete', { shownAt })).toBe('approved');
  expect(journey.state().reviews[0]).toMatchObject({
    decision: { shownAt },
    approvals: [{ shownAt }, { shownAt }],
  });
  const rows = journey.play.rows.filter(
    ({ kind }) => kind === 'review-approval-given' || kind === 'review-decided',
  );
  expect(rows.map(({ content }) => content['shownAt'])).toEqual([shownAt, shownAt]);
  endPlay(journey.play);
});

/** Everything that two people can do to one review, in whatever order it arrives. */
const acts: readonly Partial<Decision>[] = [
  { decision: 'approve' },
  { decision: 'reject' },
  { decision: 'edit', edits: { amount: 3 } },
  { decision: 'ask' },
  { decision: 'withdraw' },
];

test('F09: a thousand interleavings of what two people do: what comes of the review is said by one of them', () => {
  const journey = begin({ undoMs: UNDO });
  journey.turns(callOf('peek'));
  const asked = journey.state();
  const began = Date.parse(asked.reviews[0]?.openedAt ?? '');
  const outcomes = new Set<string>();
  for (let code = 0; code < 1_000; code += 1) {
    let state = asked;
    const said: unknown[] = [];
    let by: unknown;
    let calls = 0;
    const take = (event: CaseEvent, at: number): void => {
      const decided = decide(state, event, began + at);
      for (const row of decided.state.rows.filter((one) => one.sequence > state.ledger.sequence)) {
        if (row.kind !== 'review-decided') continue;
        said.push(row.content['decision']);
        by = row.content['by'];
      }
      calls += decided.steps.filter((step) => step.kind === 'look').length;
      state = decided.state;
    };
    // Six knocks drawn from the number: who, and what.
    for (let rest = code, knock = 1; knock <= 6; knock += 1, rest = (rest * 7_919 + 31) % 10_007) {
      const { id: reviewId = '', digest = '' } = state.reviews[0] ?? {};
      const act = { decision: 'approve', ...acts[rest % acts.length] } as const;
      const who = rest % 2 === 0 ? 'pam' : 'pete';
      const message = { reviewId, digest, by: who, reason: `knock ${String(knock)}`, ...act };
      take({ kind: 'decided', message }, knock);
    }
    expect([[], ['approve'], ['reject'], ['approve', 'withdraw']]).toContainEqual(said);
    expect(state.reviews[0]?.decision?.by).toBe(by);
    expect(calls).toBe(0);
    take({ kind: 'release-due', reviewId: 'r1' }, UNDO + 100);
    expect(calls).toBe(said.length === 1 && said[0] === 'approve' ? 1 : 0);
    outcomes.add(said.join());
  }
  // All of them come about, so that none is believed unseen.
  expect([...outcomes].toSorted()).toEqual(['', 'approve', 'approve,withdraw', 'reject']);
});
