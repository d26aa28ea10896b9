import fc from 'fast-check';
import type { BreakerReport } from '../../../contract/activities.ts';
import type { Readiness } from '../../../contract/readiness.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import type { CaseEvent } from '../../../workflows/events.ts';
import type { Temper } from './answers.ts';
import type { Chance } from './chance.ts';

/** The same teams with breakers on some of their agents. */
export function guarded(teams: fc.Arbitrary<TeamManifest>): fc.Arbitrary<TeamManifest> {
  return fc
    .record({ team: teams, backlog: fc.constantFrom(undefined, 3), but: fc.nat({ max: 5 }) })
    .map(({ team, backlog, but }): TeamManifest => ({
      ...team,
      agents: Object.fromEntries(
        Object.entries(team.agents).map(([name, agent], index) => [
          name,
          index === but ? agent : { ...agent, breaker: breakerOf(backlog) },
        ]),
      ),
    }));
}

/** Rules of a breaker. */
export function breakerOf(backlog?: number): NonNullable<TeamManifest['agents'][string]['breaker']> {
  const rules = { failures: 2, withinMs: 60_000, openMs: 5_000 };
  return backlog === undefined ? rules : { ...rules, backlog };
}

/** What is read of a receiver. */
export function readinessBy(chance: Chance, temper: Temper, now: number): Readiness {
  const answer = temper === 'kind' ? 'pass' : chance.pick(['pass', 'pass', 'probe', 'refuse'] as const);
  const load = {
    observedAt: new Date(now - chance.pick([0, 100, 6_000])).toISOString(),
    backlog: chance.below(7),
    backlogAgeMs: chance.below(1_000),
    workers: chance.below(3),
  };
  return {
    ...(chance.maybe(90)
      ? { breaker: { answer, state: answer === 'pass' ? 'closed' : 'half-open', failures: 1 } }
      : {}),
    ...(chance.maybe(80) ? { load } : {}),
  };
}

/** A failure was counted. */
export function reported(report: BreakerReport, chance: Chance): CaseEvent {
  const opened = chance.maybe(50);
  return {
    kind: 'failure-reported',
    report,
    reported: { state: opened ? 'open' : 'closed', opened, failures: 1 },
  };
}
