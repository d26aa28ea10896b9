import { bySkill } from '../../contract/model-usage.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, reply, transferTo } from './model/journey.ts';
import { metered } from './model/metered.ts';
import { plainPlan, teamOf } from './model/teams.ts';

/** Ann is good at refunds, bob at `toString`; of their tools, `write` and `big` are for refunds, `look` for looking up. */
const team = (): TeamManifest => metered(teamOf(plainPlan()));

const took = (
  inputTokens: number,
): { usage: { model: string; inputTokens: number; outputTokens: number } } => ({
  usage: { model: 'scripted:model', inputTokens, outputTokens: 1 },
});

/** Input tokens by skill, and what has none, of a case whose agents took these turns. */
function inputBySkill(journey: ReturnType<typeof beginJourney>): Record<string, number> {
  const { spend } = journey.state();
  if (!spend) throw new Error('no model was called');
  const { skills, unattributed } = bySkill(spend);
  return Object.fromEntries(
    [...Object.entries(skills), ['none', unattributed] as const].map(([name, one]) => [
      name,
      one.inputTokens,
    ]),
  );
}

test('a turn is put down to the skill of the tool that it calls, else of the one whose answer it reads, else of its agent', () => {
  const journey = beginJourney(team());
  journey.turns(callOf('look'), {}, took(1));
  journey.callEnds();
  // It has read what `look` said, and calls something else.
  journey.turns(callOf('write'), {}, took(10));
  journey.callEnds();
  journey.turns(reply(), {}, took(100));
  expect(inputBySkill(journey)).toEqual({ 'looking-up': 1, refunds: 110, none: 0 });
  journey.says('u1');
  journey.turns(transferTo('bob'), {}, took(1_000));
  journey.turns(reply(), {}, took(10_000));
  expect(inputBySkill(journey)).toEqual({ 'looking-up': 1, refunds: 1_110, toString: 10_000, none: 0 });
  endPlay(journey.play);
});

test('what works at several skills, or at none, is told as such', () => {
  const several = beginJourney(team());
  several.turns(callOf('look', 'write'), {}, took(5));
  expect(inputBySkill(several)).toEqual({ none: 5 });
  endPlay(several.play);

  const plain = team();
  const [name, ann] = Object.entries(plain.agents)[0] ?? [];
  if (name === undefined || !ann) throw new Error('a team without agents');
  const { skill, ...unskilled } = ann;
  expect(skill).toBe('refunds');
  const none = beginJourney({ ...plain, agents: { ...plain.agents, [name]: unskilled } });
  none.turns(callOf('soft'), {}, took(7));
  expect(inputBySkill(none)).toEqual({ none: 7 });
  expect(none.play.rows.at(-2)?.content).not.toHaveProperty('skill');
  endPlay(none.play);
});
