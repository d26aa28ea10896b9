import type { TeamManifest } from '../../contract/team.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, reply, type Journey } from './model/journey.ts';
import { beginPlay } from './model/play.ts';
import { asking, plainPlan, teamOf } from './model/teams.ts';

const team = (limits: Partial<TeamManifest['limits']> = {}): TeamManifest => {
  const plain = teamOf(plainPlan());
  return { ...plain, constraints: 'bind', limits: { ...plain.limits, ...limits } };
};
/** The same as workers of earlier releases built it. */
const earlier = (): TeamManifest => teamOf(plainPlan());
const answersOf = (journey: Journey): unknown => journey.turnInput().answers;

test('a tool that the case does not allow is refused, is not run, and the agent goes on', () => {
  const journey = beginJourney(team(), false, { constraints: { allowedActions: ['look', 'soft'] } });
  journey.turns(callOf('look', 'write'));
  const [look] = journey.play.world.outstanding.filter((one) => one.step.kind === 'look');
  // The activity's worker is told as well, and refuses by itself.
  expect(look?.step).toMatchObject({ input: { allowedActions: ['look', 'soft'] } });
  journey.callEnds();
  expect(answersOf(journey)).toMatchObject([
    { tool: 'look', answer: { kind: 'done' } },
    {
      tool: 'write',
      answer: { kind: 'refused', failure: { code: 'ACTION_NOT_ALLOWED', field: 'calls.tool' } },
    },
  ]);
  expect(JSON.stringify(answersOf(journey))).toContain('this case allows: look, soft');
  expect(journey.state().effects).toEqual([]);
  journey.turns(reply());
  endPlay(journey.play);
});

test('whoever is asked may do no more than the case allows, and what was done is undone all the same', () => {
  const constraints = { allowedActions: ['write'] };
  const journey = beginJourney({ ...asking(team()), constraints: 'bind' }, false, { constraints });
  journey.turns({ kind: 'ask', to: 'bob', reasonCode: 'x', question: 'What about it?' });
  journey.turns(callOf('soft', 'write'));
  journey.callEnds();
  expect(answersOf(journey)).toMatchObject([
    { answer: { failure: { code: 'ACTION_NOT_ALLOWED' } } },
    { answer: { kind: 'done' } },
  ]);
  journey.dispatch({ kind: 'cancel-requested' });
  const undo = journey.play.world.outstanding.find((one) => one.step.kind === 'undo');
  expect(undo?.step).not.toHaveProperty('input.allowedActions');
  journey.undoEnds();
  endPlay(journey.play);
});

test('no action at all may be allowed, and an action that no agent has ends the case before anybody works on it', () => {
  const nothing = beginJourney(team(), false, { constraints: { allowedActions: [] } });
  nothing.turns(callOf('look'));
  expect(answersOf(nothing)).toMatchObject([{ answer: { failure: { code: 'ACTION_NOT_ALLOWED' } } }]);
  endPlay(nothing.play);

  const constraints = { allowedActions: ['look', 'fly', 'constructor'] };
  const { dispatch, state } = beginPlay(
    { team: team(), opening: { message: true, facts: false, constraints } },
    [],
  );
  dispatch({ kind: 'team-resolved', manifest: team() });
  expect(state()).toMatchObject({
    manifest: null,
    turns: 0,
    work: { kind: 'closing' },
    ending: { kind: 'failed', failure: { code: 'INPUT_INVALID', field: 'task.constraints.allowedActions' } },
  });
  expect(JSON.stringify(state().ending)).toContain(
    'no tool is called fly, constructor; tools of made-up: big, ',
  );
});

test.each([
  ['lowers what its team allows', 2, 0.5, 500_000],
  ['never raises it', 0.5, 2, 500_000],
  ['bounds what its team does not', undefined, 0.5, 500_000],
  ['may be nothing', 2, 0, 0],
])('the budget of a case %s', (_what, costUsd, budgetUsd, left) => {
  const limits = costUsd === undefined ? {} : { costUsd };
  const journey = beginJourney(team(limits), false, { constraints: { budgetUsd } });
  expect(journey.turnInput().allowance).toEqual({ microUsd: left });
  const usage = { model: 'scripted:model', inputTokens: 10, outputTokens: 1, microUsd: 200_000 };
  journey.turns(callOf('look'), {}, { usage });
  journey.callEnds();
  expect(journey.turnInput().allowance).toEqual({ microUsd: left - 200_000 });
  endPlay(journey.play);
});

test('a case of a team of an earlier release is told its constraints, and they bind nobody', () => {
  const constraints = { budgetUsd: 0.5, allowedActions: ['fly'] };
  const journey = beginJourney(earlier(), false, { constraints });
  expect(journey.turnInput()).not.toHaveProperty('allowance');
  expect(journey.turnInput().envelope.task.constraints).toEqual(constraints);
  journey.turns(callOf('look'));
  expect(journey.play.world.outstanding.at(-1)?.step).not.toHaveProperty('input.allowedActions');
  journey.callEnds();
  expect(answersOf(journey)).toMatchObject([{ answer: { kind: 'done' } }]);
  endPlay(journey.play);
});
