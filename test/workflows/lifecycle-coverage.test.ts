import fc from 'fast-check';
import { parseCaseInput } from '../../contract/case.ts';
import type * as lifecycle from '../../contract/lifecycle.ts';
import { caseTransitions, handoffTransitions } from '../../contract/lifecycle.ts';
import { decide } from '../../workflows/decide/decide.ts';
import { initialState } from '../../workflows/state.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, transferTo } from './model/journey.ts';
import { beginPlay } from './model/play.ts';
import { scenarios } from './model/scenarios.ts';
import { approvedPlan, plainPlan, teamOf } from './model/teams.ts';

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

/** Rare in random lives: a handoff that was approved, parked, and corrected needs a new yes. */
function redriveWithCorrection(): void {
  const plan = approvedPlan();
  const journey = beginJourney(teamOf({ ...plan, limits: { ...plan.limits, fallbacks: 0 } }));
  journey.turns(transferTo('bob', { amount: 1 }));
  journey.decides('approve');
  journey.fires('offer h1');
  const correction = { amount: 900 };
  journey.dispatch({
    kind: 'redriven',
    message: { deadLetterId: 'd1', by: 'pam', reason: 'so', correction },
  });
}

/** Rare as well: a human is asked for while a failed case is being unwound. */
function humanAfterUnwinding(): void {
  const journey = beginJourney(teamOf(plainPlan()));
  journey.turns(callOf('write'));
  journey.callFails();
  journey.dispatch({ kind: 'human-asked', message: {} });
  journey.undoEnds();
}

/** Not a life of its own: what a terminated case left behind, for people to decide about (F23). */
function followUp(): void {
  const parsed = parseCaseInput({
    version: '1.0.0',
    team: 'desk',
    task: { definition: 'decide' },
    orphans: {
      caseId: 'terminated',
      trace: 't',
      effects: [
        {
          ...{ key: '0'.repeat(64), step: 1, agent: 'gone', tool: 'gone', callId: 'c' },
          ...{ arguments: {}, epoch: 1, outcome: 'unknown' },
        },
      ],
    },
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const fresh = initialState(parsed.value, { caseId: 'follow-up', trace: 'f' });
  const opened = decide(fresh, { kind: 'opened', input: parsed.value }, 0).state;
  const manifest = teamOf(plainPlan());
  const { state } = decide(opened, { kind: 'team-resolved', manifest }, 0);
  // What the team of today cannot undo, people do by hand.
  expect(state.effects).toMatchObject([{ reversible: false, undo: 'irreversible' }]);
  expect(state.deadLetters).toMatchObject([{ kind: 'undo', status: 'open' }]);
}

test('random lives reach every transition of the lifecycle, so that none stands there untried', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      const play = beginPlay(scenario, []);
      for (const move of scenario.moves) play.move(move);
      endPlay(play);
    }),
    // Always the same lives: what they reach is a fact and not luck.
    { numRuns: 800, seed: 20_260_105 },
  );
  redriveWithCorrection();
  humanAfterUnwinding();
  followUp();
  const all = [...pairsOf('case', caseTransitions()), ...pairsOf('handoff', handoffTransitions())];
  const never = all.filter((pair) => !mockReached.has(pair));
  expect(never).toEqual([]);
});
