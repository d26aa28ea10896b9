import type { DoorEvent } from '../../workflows/events.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, reply, type Journey } from './model/journey.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const begin = (more: { readonly humanOnly?: true } = {}): Journey =>
  beginJourney(teamOf(plainPlan()), false, more);
const optOut: DoorEvent = {
  kind: 'human-asked',
  message: { by: 'user', reason: 'no machines', humanOnly: true },
};
const giveBack = (userAgreed?: boolean): DoorEvent => ({
  kind: 'gave-back',
  message: { by: 'pam', note: 'yours', ...(userAgreed === undefined ? {} : { userAgreed }) },
});
const asked = (journey: Journey): readonly unknown[] =>
  journey.play.rows.filter((row) => row.kind === 'human-asked').map((row) => row.content);

test('a case of somebody who deals with people only begins with people, before any turn (U4)', () => {
  const journey = begin({ humanOnly: true });
  expect(journey.state()).toMatchObject({ stage: 'human', owner: 'people:desk', turns: 0, humanOnly: true });
  expect(asked(journey)).toEqual([
    { by: 'user', reason: 'the user deals with people only', humanOnly: true },
  ]);
  endPlay(journey.play);
});

test.each([
  ['in the middle of a turn', () => undefined],
  ['while the agent waits', (journey: Journey) => journey.turns(reply())],
  ['with a call', (journey: Journey) => journey.turns(callOf('write'))],
])('whoever opts out %s is not given back without their consent', (_when, lead) => {
  const journey = begin();
  lead(journey);
  journey.dispatch(optOut);
  if (journey.state().work.kind === 'calls') journey.callEnds();
  expect(journey.state()).toMatchObject({ stage: 'human', owner: 'people:desk', humanOnly: true });
  journey.dispatch(giveBack());
  expect(journey.state().refusals.at(-1)?.failure).toMatchObject({
    code: 'USER_OPTED_OUT',
    field: 'userAgreed',
  });
  journey.dispatch(giveBack(false));
  expect(journey.state().refusalCount).toBe(2);
  journey.dispatch(giveBack(true));
  expect(journey.state().humanOnly).toBeUndefined();
  journey.turns(reply());
  expect(journey.state().stage).toBe('waiting-user');
  endPlay(journey.play);
});

test('opting out with people is told once, and stops a case on its way back', () => {
  const journey = begin();
  journey.dispatch({ kind: 'human-asked', message: {} });
  journey.dispatch(giveBack());
  journey.dispatch(optOut);
  expect(journey.state()).toMatchObject({ stage: 'human', owner: 'people:desk', humanOnly: true });
  journey.dispatch(optOut);
  expect(asked(journey)).toHaveLength(2);
  endPlay(journey.play);
});
