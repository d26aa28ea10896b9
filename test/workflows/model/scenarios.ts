import fc from 'fast-check';
import { guarded } from './breakers.ts';
import { DOOR_MOVES, INQUIRY_DOOR, PEOPLE_MOVES, POLICY_DOOR } from './door-events.ts';
import { peopled, previewing } from './people.ts';
import type { Move, Scenario } from './play.ts';
import { policed } from './policies.ts';
import { metered } from './metered.ts';
import { asking, fanning, needing, remembering, teams } from './teams.ts';

const moves: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    { weight: 55, arbitrary: fc.constant('answer' as const) },
    { weight: 5, arbitrary: fc.constant('acknowledge' as const) },
    { weight: 6, arbitrary: fc.constant('timer' as const) },
    { weight: 4, arbitrary: fc.constant('again' as const) },
    { weight: 1, arbitrary: fc.constantFrom('cancel' as const, 'store' as const, 'refused' as const) },
    { weight: 2, arbitrary: fc.constant('continue' as const) },
    { weight: 8, arbitrary: fc.constant('say' as const) },
    { weight: 8, arbitrary: fc.constantFrom('decide' as const, 'redrive' as const, 'discard' as const) },
    { weight: 4, arbitrary: fc.constant('decide' as const) },
    { weight: 8, arbitrary: fc.constantFrom(...DOOR_MOVES) },
  ),
  how: fc.nat({ max: 0x7fffffff }),
});

/** The same with people who do more. */
const peopleMoves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: moves },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('timer' as const, 'claim' as const, ...PEOPLE_MOVES),
      how: fc.nat({ max: 0x7fffffff }),
    }),
  },
);

/** The same, with a person now and then who wants another version of the policy. */
const policedMoves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 15, arbitrary: moves },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant(POLICY_DOOR), how: fc.nat({ max: 0x7fffffff }) }) },
);

/** Random teams with random lives. */
export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  team: teams,
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(moves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams with random policies, and random lives. */
export const policedScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: policed(teams),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(policedMoves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams whose agents ask each other, all that they might, and random lives. */
export const askingScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: teams.map(asking),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(moves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams whose agents ask several at once, some of them with memory or people who say more, and random lives. */
export const fanningScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: fc
    .oneof(
      teams.map(fanning),
      teams.map((team) => remembering(fanning(team))),
      peopled(teams.map(fanning)),
    )
    .map(metered),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(peopleMoves, { minLength: 20, maxLength: 120, size: 'max' }),
});

/** Random teams whose agents have breakers, some with a policy that asks for load, and random lives. */
export const guardedScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: guarded(policed(teams)),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(moves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams that say more of their people, and random lives. */
export const peopledScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: peopled(teams),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(peopleMoves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** The same with people who ask the agents behind reviews, before they decide. */
const askingPeopleMoves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: peopleMoves },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant(INQUIRY_DOOR), how: fc.nat({ max: 0x7fffffff }) }) },
);

/** Random teams whose agents ask each other and are asked by people, some under a policy, and random lives. */
export const inquiringScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: fc.oneof(peopled(teams.map(asking)), policed(teams.map(previewing)), teams.map(previewing)),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(askingPeopleMoves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams whose agents ask models, each other and people, and random lives. */
export const meteredScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: fc.oneof(teams, teams.map(asking), peopled(teams.map(asking)), policed(teams)).map(metered),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(askingPeopleMoves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams whose agents take up each other's working memory and ask each other, and random lives. */
export const rememberingScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: teams.map((team) => remembering(asking(team))),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(moves, { minLength: 5, maxLength: 80, size: 'max' }),
});

/** Random teams whose agents need facts of their users, some under a policy or asking each other, and random lives. */
export const needingScenarios: fc.Arbitrary<Scenario> = fc.record({
  team: fc.oneof(
    teams.map(needing),
    policed(teams.map(needing)),
    teams.map((team) => needing(asking(team))),
  ),
  opening: fc.record({ message: fc.boolean(), facts: fc.boolean() }),
  moves: fc.array(moves, { minLength: 5, maxLength: 80, size: 'max' }),
});
