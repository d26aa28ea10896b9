import fc from 'fast-check';
import type { DirectoryAnswer, DirectoryQuestion } from '../../../contract/directory.ts';
import type { Approval, TeamManifest } from '../../../contract/team.ts';
import { parseTeamManifest } from '../../../contract/team.ts';
import type { Waiting } from '../../../contract/waiting.ts';
import type { Chance } from './chance.ts';
import { MEMBERS } from './teams.ts';

/** What a team says of its people beyond who they are. */
export interface PeopleRules {
  /** For reviews, by approval; some say nothing. */
  readonly approvals?: Partial<Pick<Approval, 'waiting' | 'atExpiry' | 'undoMs' | 'proof'>>;
  /** For every pool. */
  readonly pools?: Partial<
    Pick<TeamManifest['pools'][string], 'waiting' | 'staffing' | 'leaseMs' | 'supervisors' | 'claimFreshMs'>
  >;
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
      Object.entries(team.pools).map(([name, pool]) => [
        name,
        { ...pool, ...rules.pools, ...(rules.pools?.staffing ? { members: {} } : {}) },
      ]),
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
        approvals: fc.record({
          undoMs: fc.constantFrom(undefined, 3, 500),
          // Nobody in the model can prove anything: such reviews only ever expire or are withdrawn.
          proof: fc.constantFrom(undefined, undefined, undefined, undefined, 'proven' as const),
          waiting,
          atExpiry: fc.constantFrom('refuse' as const, 'escalate' as const),
        }),
        pools: fc.record({
          waiting,
          leaseMs: fc.constantFrom(undefined, 2, 40),
          claimFreshMs: fc.constantFrom(undefined, 1, 20, 10_000),
          supervisors: fc.constantFrom<string[] | undefined>(undefined, ['desk']),
          staffing: fc.option(
            fc.record({ afterHours: fc.constantFrom(...Object.keys(team.pools)) }, { requiredKeys: [] }),
            { nil: undefined },
          ),
        }),
      })
      .map((rules) => withPeople(team, rules));
  });
}

/** What a directory answers: the members of the model's pools, one or the other of them away, or acting for another. */
export function directoryAnswer(question: DirectoryQuestion, chance: Chance): DirectoryAnswer {
  const members = MEMBERS[question.pool] ?? [];
  const open = chance.maybe(70);
  const away = chance.maybe(15) ? chance.pick(members) : undefined;
  const late = chance.pick([0, 0, 500]);
  const from = Date.parse(question.from);
  const at = (ms: number): string => new Date(ms).toISOString();
  return {
    people: Object.fromEntries(
      members
        .filter((id) => id !== away)
        .map((id) => [
          id,
          {
            roles: chance.maybe(80) ? ['desk'] : [],
            ...(chance.maybe(10) ? { until: at(from + 3_000) } : {}),
            ...(chance.maybe(20)
              ? { actsFor: [{ person: 'boss', roles: ['desk'], from: at(from), until: at(from + 4_000) }] }
              : {}),
          },
        ]),
    ),
    open,
    ...(open ? {} : { opensAt: at(from + 10_000) }),
    instants: question.intervals.map((ms) => at(from + ms + late)),
    ...(chance.maybe(50) ? { assigned: chance.pick(members) } : {}),
  };
}

/** The team, whose tools that need a yes can read what they would change. */
export function previewing(team: TeamManifest): TeamManifest {
  const agents = Object.entries(team.agents).map(([name, agent]) => {
    const tools = Object.entries(agent.tools).map(([tool, one]) => [
      tool,
      one.approval ? { ...one, preview: true as const } : one,
    ]);
    return [name, { ...agent, tools: Object.fromEntries(tools) as typeof agent.tools }];
  });
  return { ...team, agents: Object.fromEntries(agents) as TeamManifest['agents'] };
}
