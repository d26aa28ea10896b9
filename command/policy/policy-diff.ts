import { canonicalJson } from '../../contract/canonical-json.ts';
import type { Policy } from '../../contract/policy/policy.ts';

/** One difference of two policies. */
export interface PolicyChange {
  /** Path of the field, rules by their ids: `rules.low-confidence.when.below`. */
  readonly field: string;
  /** As JSON; absent where the field was added. */
  readonly before?: string;
  /** As JSON; absent where the field was removed. */
  readonly after?: string;
}

/** What changed between two policies, field by field. Rules are compared by id, and their order besides. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  const changes: PolicyChange[] = [];
  compare('', shapeOf(before), shapeOf(after), changes);
  return changes;
}

function shapeOf(policy: Policy): Readonly<Record<string, unknown>> {
  const { rules, ...rest } = policy;
  return {
    ...rest,
    rules: Object.fromEntries(rules.map((rule) => [rule.id, rule])),
    order: rules.map((rule) => rule.id).join(' '),
  };
}

function compare(field: string, before: unknown, after: unknown, changes: PolicyChange[]): void {
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(
        field === '' ? name : `${field}.${name}`,
        Reflect.get(before, name),
        Reflect.get(after, name),
        changes,
      );
    }
    return;
  }
  const [was, is] = [textOf(before), textOf(after)];
  if (was === is) return;
  changes.push({
    field,
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
  });
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}
