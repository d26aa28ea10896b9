import fc from 'fast-check';
import type { Approval, TeamManifest } from '../../../contract/team.ts';
import { parseTeamManifest } from '../../../contract/team.ts';
import type { Waiting } from '../../../contract/waiting.ts';

/** What a team says of its people beyond who they are. */
export interface PeopleRules {
  /** For reviews, by approval; some say nothing. */
  readonly approvals?: Partial<Pick<Approval, 'waiting' | 'atExpiry'>>;
  /** For every pool. */
  readonly pools?: Partial<Pick<TeamManifest['pools'][string], 'waiting'>>;
}

/** A team whose approvals and pools say more of people. */
export function withPeople(team: TeamManifest, rules: PeopleRules): TeamManifest {
  const more = <Holder extends { readonly approval?: Approval | undefined }>(holder: Holder): Holder =>
    holder.approval ? { ...holder, approval: { ...holder.approval, ...rules.approvals } } : holder;
  const parsed = parseTeamManifest({
    ...team,
    edges: team.edges.map(more),
    agents: Object.fromEntries(
      Object.entries(team.agents).map(([name, agent]) => [
        name,
        {
          ...agent,
          tools: Object.fromEntries(Object.entries(agent.tools).map(([tool, one]) => [tool, more(one)])),
        },
      ]),
    ),
    pools: Object.fromEntries(
      Object.entries(team.pools).map(([name, pool]) => [name, { ...pool, ...rules.pools }]),
    ),
  });
  if (!parsed.ok) throw new Error(`the model makes teams that are none: ${parsed.failure.message}`);
  return parsed.value;
}

const waitingFor = (pools: readonly string[]): fc.Arbitrary<Waiting> =>
  fc.record(
    {
      reminders: fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 1, maxLength: 3 }),
      escalation: fc.array(
        fc.record({ afterMs: fc.integer({ min: 1, max: 6_000 }), pool: fc.constantFrom(...pools) }),
        { minLength: 1, maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  );

/** Random teams that say what is done while people do not answer. */
export function peopled(teams: fc.Arbitrary<TeamManifest>): fc.Arbitrary<TeamManifest> {
  return teams.chain((team) => {
    const waiting = fc.option(waitingFor(Object.keys(team.pools)), { nil: undefined });
    return fc
      .record({
        approvals: fc.record({ waiting, atExpiry: fc.constantFrom('refuse' as const, 'escalate' as const) }),
        pools: fc.record({ waiting }),
      })
      .map((rules) => withPeople(team, rules));
  });
}
