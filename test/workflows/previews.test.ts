import { failure } from '../../contract/failures.ts';
import type { CallOutput } from '../../contract/activities.ts';
import { reviewText } from '../../command/output/case-texts.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, type Journey } from './model/journey.ts';
import { previewing } from './model/people.ts';
import { plainPlan, teamOf } from './model/teams.ts';

/** A case whose agent has asked for a `gift`, which two people must approve, and which can read its record. */
function begin(...tools: readonly string[]): Journey {
  const journey = beginJourney(previewing(teamOf(plainPlan())));
  journey.turns(callOf(...(tools.length > 0 ? tools : ['gift'])));
  return journey;
}

/** The record has been read, or not. */
function read(journey: Journey, output: CallOutput): void {
  const { world } = journey.play;
  const one = world.outstanding.find(({ step }) => step.kind === 'preview');
  if (one?.step.kind !== 'preview') throw new Error('nothing is being read');
  world.outstanding = world.outstanding.filter((other) => other !== one);
  journey.dispatch({ kind: 'call-ended', key: one.step.input.key, output });
}

const record = { before: { owed: 50, note: 'x' }, after: { owed: 10, note: 'x' } };
const kinds = (journey: Journey): readonly string[] =>
  journey.play.world.outstanding.map(({ step }) => step.kind).filter((kind) => kind !== 'record');

test('a review shows the record as it is and as it would be, and an approval is of that', () => {
  const journey = begin();
  expect(kinds(journey)).toEqual(['preview']);
  expect(journey.state()).toMatchObject({ reviews: [], stage: 'working' });
  read(journey, { kind: 'done', result: record });
  const [review] = journey.state().reviews;
  expect(review?.subject).toEqual({ agent: 'ann', tool: 'gift', arguments: { amount: 40 }, record });
  expect(review && reviewText(review)).toContain('  changes\n    owed: 50 -> 10\n');
  journey.decides('approve', 'pam');
  journey.decides('approve', 'pete');
  expect(kinds(journey)).toEqual(['effect']);
  // The effect is another step than the reading.
  expect(journey.state().effects[0]?.key).not.toBe('');
  journey.callEnds();
  endPlay(journey.play);
});

test('where it cannot be read, people are asked without it, and told so', () => {
  const refused = begin();
  read(refused, { kind: 'refused', failure: failure('TOOL_INPUT_INVALID') });
  expect(refused.state().reviews[0]?.subject).toMatchObject({ recordUnread: 'TOOL_INPUT_INVALID' });
  endPlay(refused.play);
  const failed = begin();
  const [one] = failed.play.world.outstanding.filter(({ step }) => step.kind === 'preview');
  if (one?.step.kind !== 'preview') throw new Error('nothing is being read');
  failed.play.world.outstanding = failed.play.world.outstanding.filter((other) => other !== one);
  const { key } = one.step.input;
  failed.dispatch({ kind: 'call-failed', key, trouble: { failure: failure('EFFECT_FAILED') } });
  expect(failed.state()).toMatchObject({ effects: [], stage: 'waiting-person' });
  expect(failed.state().reviews[0]?.subject).toMatchObject({ recordUnread: 'EFFECT_FAILED' });
  endPlay(failed.play);
});

test('with other arguments what the record would be is not shown any more', () => {
  const journey = begin();
  read(journey, { kind: 'done', result: record });
  const [review] = journey.state().reviews;
  const edit = { decision: 'edit', edits: { amount: 7 }, by: 'pam', reason: 'less' } as const;
  journey.dispatch({
    kind: 'decided',
    message: { reviewId: 'r1', digest: review?.digest ?? '', ...edit },
  });
  expect(journey.state().reviews[0]?.subject).toEqual({
    ...{ agent: 'ann', tool: 'gift', arguments: { amount: 7 } },
    record: { before: record.before },
  });
  endPlay(journey.play);
});

test.each([
  ['a cancel', { kind: 'cancel-requested' }],
  ['a request for a human', { kind: 'human-asked', message: {} }],
] as const)('%s while it is read asks nobody anything', (_, event) => {
  const journey = begin();
  journey.dispatch(event);
  read(journey, { kind: 'done', result: record });
  expect(journey.state()).toMatchObject({ reviews: [], effects: [] });
  endPlay(journey.play);
});

test('what needs no yes, or has no record to read, is asked for as ever', () => {
  const journey = begin('look', 'write');
  expect(kinds(journey)).toEqual(['look']);
  journey.callEnds();
  expect(kinds(journey)).toEqual(['effect']);
  endPlay(journey.play);
});
