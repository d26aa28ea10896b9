import { parsePolicy, type Policy, type PolicyRule, type PolicyWritten } from '../contract/policy/policy.ts';

/** What a policy may name: the agents and pools of the team it is for. */
export interface PolicyGround {
  readonly agents: Readonly<Record<string, unknown>>;
  readonly pools: Readonly<Record<string, unknown>>;
}

/** A name in a policy that its team does not have. */
export interface UnknownName {
  /** Path of the field inside the policy. */
  readonly path: readonly (string | number)[];
  readonly rule: string;
  readonly problem: string;
}

/**
 * What keeps a policy from serving a team: names that the team does not have.
 * @returns each fault with its place; none for a policy that is no policy, which its own check tells
 */
export function faultsOfPolicy(ground: PolicyGround, written: PolicyWritten): readonly string[] {
  const parsed = parsePolicy(written);
  if (!parsed.ok) return [];
  return unknownNamesIn(ground, parsed.value).map(({ path, rule, problem }) => {
    const [list = '', index = 0, ...field] = path;
    return `policy.${String(list)}.${String(index)} (${rule}).${field.join('.')}: ${problem}`;
  });
}

/** Agents and pools that a policy names and a team does not have. */
export function unknownNamesIn(ground: PolicyGround, policy: Policy): readonly UnknownName[] {
  return policy.rules.flatMap((rule, index) =>
    unknownTargets(ground, rule).map(({ field, problem }) => ({
      path: ['rules', index, 'then', field],
      rule: rule.id,
      problem,
    })),
  );
}

function unknownTargets(
  { agents, pools }: PolicyGround,
  rule: PolicyRule,
): readonly { readonly field: string; readonly problem: string }[] {
  const action = rule.then;
  switch (action.do) {
    case 'escalate':
    case 'review':
      return action.pool === undefined || Object.hasOwn(pools, action.pool)
        ? []
        : [
            {
              field: 'pool',
              problem: `there is no pool ${action.pool}; pools: ${Object.keys(pools).join(', ')}`,
            },
          ];
    case 'transfer':
      return Object.hasOwn(agents, action.to)
        ? []
        : [
            {
              field: 'to',
              problem: `there is no agent ${action.to}; agents: ${Object.keys(agents).join(', ')}`,
            },
          ];
    case 'clarify':
    case 'tell':
      return [];
  }
}
