import { endPlay } from './model/checks.ts';
import { beginJourney, type Journey } from './model/journey.ts';
import { plainPlan, teamOf } from './model/teams.ts';

/** A case that its agent finishes. */
function finished(feedback: boolean): Journey {
  const journey = beginJourney({
    ...teamOf(plainPlan()),
    ...(feedback ? { feedback: 'asked' as const } : {}),
  });
  journey.turns({ kind: 'finish', outcome: 'resolved', text: 'good bye' });
  return journey;
}

const last = (journey: Journey): string | undefined => journey.state().transcript.at(-1)?.text;

test('U8: a team that wants to know asks once its case is finished, before the closing row', () => {
  const journey = finished(true);
  expect(last(journey)).toBe('This is finished. How satisfied are you, from 1 (not at all) to 5 (wholly)?');
  expect(journey.play.rows.slice(-2).map((row) => row.kind)).toEqual(['message-sent', 'case-closed']);
  endPlay(journey.play);
});

test('a case that was cancelled, and a team that does not ask, say nothing', () => {
  expect(last(finished(false))).toBe('good bye');
  const journey = beginJourney({ ...teamOf(plainPlan()), feedback: 'asked' });
  journey.dispatch({ kind: 'cancel-requested' });
  expect(journey.state().work.kind).toBe('closing');
  expect(journey.state().transcript.every((message) => message.from.kind === 'user')).toBe(true);
});
