import { parsePolicy, type Policy, type PolicyRule, type PolicyWritten } from '../contract/policy/policy.ts';

/** What a policy may name: the agents and pools of the team it is for. */
export interface PolicyGround {
  readonly agents: Readonly<Record<string, unknown>>;
  readonly pools: Readonly<Record<string, unknown>>;
}

/**
 * What keeps a policy from serving a team: names that the team does not have.
 * @returns each fault with its place; none for a policy that is no policy, which its own check tells
 */
export function faultsOfPolicy(ground: PolicyGround, written: PolicyWritten): readonly string[] {
  const parsed = parsePolicy(written);
  return parsed.ok ? faultsOfNames(ground, parsed.value) : [];
}

function faultsOfNames(ground: PolicyGround, policy: Policy): readonly string[] {
  return policy.rules.flatMap((rule, index) => {
    const place = `policy.rules.${String(index)} (${rule.id})`;
    return unknownTargets(ground, rule).map((fault) => `${place}${fault}`);
  });
}

function unknownTargets({ agents, pools }: PolicyGround, rule: PolicyRule): readonly string[] {
  const action = rule.then;
  switch (action.do) {
    case 'escalate':
    case 'review':
      return action.pool === undefined || Object.hasOwn(pools, action.pool)
        ? []
        : [`.then.pool: there is no pool ${action.pool}; pools: ${Object.keys(pools).join(', ')}`];
    case 'transfer':
      return Object.hasOwn(agents, action.to)
        ? []
        : [`.then.to: there is no agent ${action.to}; agents: ${Object.keys(agents).join(', ')}`];
    case 'clarify':
    case 'tell':
      return [];
  }
}
