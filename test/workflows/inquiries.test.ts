import { detailsOf, viewOf } from '../../workflows/view.ts';
import { endPlay } from './model/checks.ts';
import { decides } from './model/decides.ts';
import { beginJourney, callOf, transferTo, type Journey } from './model/journey.ts';
import { approvedPlan, limitedTeam, teamOf } from './model/teams.ts';

/** Both of the desk must approve a `gift`; one is enough for a `peek` and for the edge to bob. */
function begin(): Journey {
  return beginJourney(teamOf(approvedPlan()));
}

const asks = (journey: Journey, reason = 'Why forty?', by = 'pam'): string =>
  decides(journey, by, { decision: 'ask-agent', reason });

const rowsOf = (journey: Journey, kind: string): readonly unknown[] =>
  journey.play.rows.filter((row) => row.kind === kind).map((row) => row.content);

const turnsUnderWay = (journey: Journey): number =>
  journey.play.world.outstanding.filter(({ step, stopped }) => step.kind === 'turn' && !stopped).length;

test('the agent explains: its answer lies with the review, whose content and clock stay what they were', () => {
  const journey = begin();
  journey.turns(callOf('peek'), { order: 'order-7' });
  const before = journey.state();
  expect(asks(journey, 'Why forty?', 'eve')).toBe('REVIEW_FORBIDDEN');
  expect(asks(journey)).toBe('open');
  expect(journey.turnInput()).toMatchObject({
    agent: 'ann',
    turn: 2,
    asked: {
      by: 'pam',
      question: 'Why forty?',
      review: { id: 'r1', kind: 'tool-call', subject: { tool: 'peek', arguments: { amount: 40 } } },
    },
    envelope: { memory: { facts: { order: 'order-7' } } },
  });
  expect(journey.state()).toMatchObject({ stage: 'waiting-person', owner: 'ann', work: before.work });
  expect(detailsOf(journey.state())).toContain('pam asks ann: Why forty? / no answer yet');
  journey.turns({ kind: 'reply', text: 'it was broken' });
  const [review] = journey.state().reviews;
  expect(review).toMatchObject({
    status: 'open',
    digest: before.reviews[0]?.digest,
    expiresAt: before.reviews[0]?.expiresAt,
    questions: [
      { by: 'pam', text: 'Why forty?', to: 'ann', turnId: 't2', answer: { text: 'it was broken' } },
    ],
  });
  expect(viewOf(journey.state()).reviews[0]?.questions).toEqual(review?.questions);
  // Nothing of it reaches the user.
  expect(journey.state().transcript).toEqual(before.transcript);
  expect(rowsOf(journey, 'review-information-asked')).toMatchObject([
    { by: 'pam', agent: 'ann', turnId: 't2' },
  ]);
  expect(rowsOf(journey, 'review-information-given')).toMatchObject([{ agent: 'ann', turnId: 't2' }]);
  journey.play.settle();
  expect(journey.play.continueAsNew()).toBe(true);
  expect(decides(journey, 'pam')).toBe('approved');
  endPlay(journey.play);
});

test('the agent asks for something else: the digest is new, and who approved before has approved nothing', () => {
  const journey = begin();
  journey.turns(callOf('gift'));
  expect(decides(journey, 'pam')).toBe('open');
  const shown = journey.state().reviews[0]?.digest ?? '';
  expect(asks(journey, 'Why forty?', 'pete')).toBe('open');
  journey.turns({ kind: 'call', calls: [{ id: 'less', tool: 'gift', arguments: { amount: 7 } }] });
  const [review] = journey.state().reviews;
  expect(review).toMatchObject({
    subject: { tool: 'gift', arguments: { amount: 7 } },
    questions: [{ answer: { text: '', digest: review?.digest } }],
  });
  expect(review?.digest).not.toBe(shown);
  expect(review?.approvals).toBeUndefined();
  expect(rowsOf(journey, 'review-revised')).toMatchObject([
    {
      reviewId: 'r1',
      agent: 'ann',
      before: shown,
      digest: review?.digest,
      fields: ['amount'],
      voided: ['pam'],
    },
  ]);
  expect(decides(journey, 'pete', { digest: shown })).toBe('REVIEW_STALE');
  expect(decides(journey, 'pete')).toBe('open');
  expect(decides(journey, 'pam')).toBe('approved');
  const effects = journey.play.world.outstanding.flatMap(({ step }) =>
    step.kind === 'effect' ? [step] : [],
  );
  expect(effects.map((step) => step.input.arguments)).toEqual([{ amount: 7 }]);
  endPlay(journey.play);
});

test('what an agent may not do it cannot get by an answer, and what is none is told as none', () => {
  const journey = beginJourney(limitedTeam());
  journey.turns(callOf('peek'));
  const digest = journey.state().reviews[0]?.digest;
  const answers = [
    [
      { kind: 'call', calls: [{ id: 'more', tool: 'peek', arguments: { amount: 51 } }] },
      'AUTHORITY_EXCEEDED',
    ],
    [{ kind: 'call', calls: [{ id: 'other', tool: 'look', arguments: {} }] }, 'AGENT_OUTPUT_INVALID'],
    [{ kind: 'escalate', reasonCode: 'tired' }, 'AGENT_OUTPUT_INVALID'],
  ] as const;
  for (const [index, [intent, code]] of answers.entries()) {
    expect(asks(journey, `why, ${String(index)}`)).toBe('open');
    journey.turns(intent as Parameters<Journey['turns']>[0]);
    expect(journey.state().reviews[0]?.questions?.[index]?.answer?.failure?.code).toBe(code);
  }
  expect(asks(journey, 'and now?')).toBe('open');
  journey.turnFails();
  expect(journey.state().reviews[0]).toMatchObject({ status: 'open', digest });
  expect(journey.state()).toMatchObject({ owner: 'ann', deadLetters: [], work: { kind: 'calls' } });
  expect(decides(journey, 'pam')).toBe('approved');
  endPlay(journey.play);
});

test('one question at a time and five in all; the same one again is a repeat, unless it came to nothing', () => {
  const journey = begin();
  journey.turns(callOf('peek'));
  expect(asks(journey, 'first')).toBe('open');
  expect(asks(journey, 'first')).toBe('open');
  expect(turnsUnderWay(journey)).toBe(1);
  expect(asks(journey, 'second')).toBe('QUESTION_FORBIDDEN');
  journey.turnFails();
  for (const question of ['first', 'second', 'third', 'fourth']) {
    expect(asks(journey, question)).toBe('open');
    journey.turns({ kind: 'reply', text: `as to ${question}` });
  }
  expect(asks(journey, 'fourth')).toBe('open');
  expect(turnsUnderWay(journey)).toBe(0);
  expect(asks(journey, 'fifth')).toBe('QUESTION_FORBIDDEN');
  expect(journey.state().reviews[0]?.questions).toHaveLength(5);
  expect(decides(journey, 'pam', { decision: 'reject' })).toBe('rejected');
  endPlay(journey.play);
});

test('whoever decides meanwhile need not wait, and what is said afterwards is heard by nobody', () => {
  const journey = begin();
  journey.turns(transferTo('bob'));
  expect(asks(journey)).toBe('open');
  const [turn] = journey.play.world.outstanding.filter(({ step }) => step.kind === 'turn');
  if (turn?.step.kind !== 'turn') throw new Error('no turn');
  expect(decides(journey, 'pam')).toBe('approved');
  expect(turn.stopped).toBe(true);
  const { turnId } = turn.step;
  const late = {
    version: '1.0.0',
    facts: {},
    provenance: {},
    intent: { kind: 'reply', text: 'late' },
  } as const;
  const reviews = journey.state().reviews;
  journey.play.world.outstanding = journey.play.world.outstanding.filter((one) => one !== turn);
  journey.dispatch({ kind: 'turn-ended', turnId, output: { kind: 'turned', turn: late } });
  expect(journey.state().reviews).toEqual(reviews);
  expect(journey.state().inquiry).toBeUndefined();
  endPlay(journey.play);
});

test.each([
  ['a cancel', { kind: 'cancel-requested' }],
  ['a request for a human', { kind: 'human-asked', message: {} }],
] as const)('%s ends the question with its review', (_, event) => {
  const journey = begin();
  journey.turns(transferTo('bob'));
  asks(journey);
  journey.dispatch(event);
  expect(turnsUnderWay(journey)).toBe(0);
  expect(journey.state().reviews[0]).toMatchObject({ status: 'withdrawn', questions: [{ to: 'ann' }] });
  endPlay(journey.play);
});

test('of a handoff and of its own question an agent is asked, too; the user is not heard as its answer', () => {
  const handoff = begin();
  handoff.turns(transferTo('bob'));
  asks(handoff);
  handoff.says('hello?');
  expect(handoff.state().reviews[0]?.questions?.[0]?.answeredBy).toBeUndefined();
  handoff.turns({ ...transferTo('bob'), explanation: 'bob knows it' });
  expect(handoff.state().reviews[0]?.questions?.[0]?.answer).toMatchObject({ text: 'bob knows it' });
  expect(decides(handoff, 'pam')).toBe('approved');
  endPlay(handoff.play);

  const question = begin();
  question.turns({ kind: 'ask-review', question: 'May I?', subject: { amount: 5 } });
  const digest = question.state().reviews[0]?.digest;
  expect(asks(question)).toBe('open');
  question.turns({ kind: 'ask-review', question: 'May I, for three?', subject: { amount: 3 } });
  expect(question.state().reviews[0]).toMatchObject({
    question: 'May I, for three?',
    subject: { amount: 3 },
  });
  expect(question.state().reviews[0]?.digest).not.toBe(digest);
  expect(decides(question, 'pam')).toBe('approved');
  endPlay(question.play);
});
