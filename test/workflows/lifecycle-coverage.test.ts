import fc from 'fast-check';
import type * as lifecycle from '../../contract/lifecycle.ts';
import { caseTransitions, handoffTransitions } from '../../contract/lifecycle.ts';
import { endPlay } from './model/checks.ts';
import { beginPlay, scenarios } from './model/play.ts';

const mockReached = new Set<string>();

// The core moves by these two functions and no other way; here they also say where they were.
jest.mock('../../contract/lifecycle.ts', () => {
  const actual = jest.requireActual<typeof lifecycle>('../../contract/lifecycle.ts');
  const told: typeof lifecycle = {
    ...actual,
    moveCase: (from, to) => {
      if (from !== to) mockReached.add(`case: ${from} -> ${to}`);
      return actual.moveCase(from, to);
    },
    moveHandoff: (from, to) => {
      mockReached.add(`handoff: ${from} -> ${to}`);
      return actual.moveHandoff(from, to);
    },
  };
  return told;
});

function pairsOf(name: string, table: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(table).flatMap(([from, all]) => all.map((to) => `${name}: ${from} -> ${to}`));
}

test('random lives reach every transition of the lifecycle, so that none stands there untried', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const play = beginPlay(scenario, []);
      for (const move of scenario.moves) play.move(move);
      endPlay(play);
    }),
    // Always the same lives: what they reach is a fact and not luck.
    { numRuns: 1_500, seed: 20_260_105 },
  );
  const all = [...pairsOf('case', caseTransitions()), ...pairsOf('handoff', handoffTransitions())];
  const never = all.filter((pair) => !mockReached.has(pair));
  expect(never).toEqual([]);
});
