import fc from 'fast-check';
import type { Signals } from '../../../contract/policy/signals.ts';
import type { FetchPolicyInput } from '../../../contract/activities.ts';
import { failure } from '../../../contract/failures.ts';
import type { Condition } from '../../../contract/policy/condition.ts';
import type { PolicyWritten } from '../../../contract/policy/policy.ts';
import { parseTeamManifest, type TeamManifest } from '../../../contract/team.ts';
import type { CaseEvent } from '../../../workflows/events.ts';
import type { Chance } from './chance.ts';
import { AGENTS, POOLS } from './teams.ts';

type Rule = PolicyWritten['rules'][number];

const anywhere: readonly Condition[] = [
  { input: 'hops', atLeast: 1 },
  { input: 'frustration', atLeast: 0.6 },
  { input: 'asks-for-human', is: true },
  { not: { input: 'legal', is: true } },
  {
    any: [
      { input: 'clarifies', is: true },
      { input: 'repeats-so-far', atLeast: 1 },
    ],
  },
  { input: 'score', above: 0.5 },
];
const onTime: readonly Condition[] = [
  { input: 'elapsed-ms', atLeast: 40 },
  { input: 'waiting-ms', above: 3 },
  {
    all: [
      { input: 'owned-ms', atLeast: 5 },
      { input: 'waiting-ms', below: 9 },
    ],
  },
  { input: 'idle-ms', atLeast: 2 },
];
const onHandoff: readonly Condition[] = [
  { input: 'oscillations', atLeast: 1 },
  { input: 'same-handoffs', atLeast: 1 },
  { input: 'since-handoff-ms', below: 4 },
  { input: 'backlog', above: 3 },
  {
    any: [
      { input: 'workers', is: 0 },
      { input: 'budget-left', below: 0.5 },
    ],
  },
];

const rule: fc.Arbitrary<Omit<Rule, 'id'>> = fc
  .record({
    on: fc.constantFrom('message' as const, 'turn' as const, 'handoff' as const, 'time' as const),
    what: fc.nat(100),
    does: fc.nat(100),
    target: fc.nat(3),
    times: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  })
  .map(({ on, what, does, target, times }) => {
    const conditions = [
      ...anywhere,
      ...(on === 'time' ? [...onTime, ...onTime, ...onTime] : []),
      ...(on === 'handoff' ? [...onHandoff, ...onHandoff] : []),
    ];
    const actions: readonly Rule['then'][] = [
      { do: 'escalate' },
      { do: 'escalate', pool: POOLS[0] },
      { do: 'transfer', to: AGENTS[target] ?? 'ann' },
      { do: 'tell' },
      ...(on === 'time' ? [] : [{ do: 'clarify' } as const]),
      ...(on === 'turn' || on === 'handoff'
        ? [{ do: 'review', question: 'Shall it go on?', expiresMs: 50 } as const]
        : []),
    ];
    return {
      on,
      when: conditions[what % conditions.length] ?? { input: 'hops', atLeast: 1 },
      then: actions[does % actions.length] ?? { do: 'tell' },
      ...(times === undefined ? {} : { times }),
    };
  });

/** Random policies over what the model's worlds make known. */
const policies: fc.Arbitrary<PolicyWritten> = fc.array(rule, { minLength: 1, maxLength: 6 }).map((rules) => ({
  version: '1.0.0' as const,
  name: 'made-up',
  policyVersion: '1.0.0',
  score: [{ input: 'frustration', weight: 1 }],
  rules: rules.map((one, index) => ({ ...one, id: `rule-${String(index)}` })),
}));

/** A team with a policy, where the policy names only what the team has. */
export function withPolicy(team: TeamManifest, policy: PolicyWritten): TeamManifest {
  const rules = policy.rules.filter(
    ({ then }) => then.do !== 'transfer' || Object.hasOwn(team.agents, then.to),
  );
  const parsed = parseTeamManifest({ ...team, policy: { ...policy, rules } });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

/** Random teams with random policies. */
export function policed(teams: fc.Arbitrary<TeamManifest>): fc.Arbitrary<TeamManifest> {
  return fc.tuple(teams, policies).map(([team, policy]) => withPolicy(team, policy));
}

/** What a store answers: the version that was asked for, now and then none. */
export function fetched(
  { policyVersion, digest }: FetchPolicyInput,
  manifest: TeamManifest,
  chance: Chance,
): Extract<CaseEvent, { kind: 'policy-fetched' }> {
  return manifest.policy && chance.maybe(80)
    ? { kind: 'policy-fetched', digest, policy: { ...manifest.policy, policyVersion } }
    : { kind: 'policy-fetched', digest, failure: failure('POLICY_UNKNOWN', 'the model says so') };
}

/** What is read out of a message. */
export function signalsOf(chance: Chance): Signals {
  return {
    version: '1.0.0',
    language: chance.pick(['en', 'hi', 'ta']),
    asksForHuman: chance.maybe(15),
    legal: chance.maybe(15),
    clarifies: chance.maybe(20),
    frustration: chance.pick([0, 0.3, 0.6, 0.9]),
    sentiment: 0,
    repeats: chance.pick([0, 0, 1, 2]),
    keywords: [],
  };
}
