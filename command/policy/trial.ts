import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { canonicalJson } from '../../contract/canonical-json.ts';
import { comparisonsIn, type PolicyValue } from '../../contract/policy/condition.ts';
import { evaluatePolicy, scoreOf, type PolicyValues } from '../../contract/policy/evaluate.ts';
import {
  KEYWORD_INPUT,
  policyInput,
  policyMoments,
  type PolicyMoment,
} from '../../contract/policy/inputs.ts';
import { rulesOn, type Policy, type PolicyAction } from '../../contract/policy/policy.ts';

/** What a policy decided, or would have. */
export interface TriedDecision {
  readonly rule: string;
  /** Such as `escalate`. */
  readonly action: string;
  /** The action with everything that belongs to it; absent where the policy of the time is not at hand. */
  readonly then?: PolicyAction;
}

/** One evaluation that a draft decides otherwise. */
export interface TriedDifference {
  /** Of the ledger row. */
  readonly sequence: number;
  readonly at: string;
  readonly moment: PolicyMoment;
  readonly policyVersion: string;
  readonly before: readonly TriedDecision[];
  readonly after: readonly TriedDecision[];
  /** What the rules of both read, as it was. */
  readonly inputs: PolicyValues;
  /**
   * An earlier evaluation of the case differs already: with the draft, the case might have come another way, and
   * never here.
   */
  readonly behind: boolean;
}

/** What a draft would have done to one case. */
export interface Trial {
  readonly evaluations: number;
  readonly differences: readonly TriedDifference[];
  /** Keywords, load and budget that the policy of the time did not look for: nobody knows what they were. */
  readonly unknown: readonly string[];
}

/**
 * Puts everything that the policy of a case was asked to a draft: the recorded inputs, moment by moment, with the
 * draft's own score, and counting how often its rules have acted. Rules on time are tried where time has made a rule
 * of the old policy act; that they might have acted at another instant, no record says.
 * @param rows of the ledger of the case, in order
 * @param policies the policies that decided, by digest, as far as they are known
 */
export function tryPolicy(
  draft: Policy,
  rows: readonly LedgerRow[],
  policies: ReadonlyMap<string, Policy> = new Map(),
): Trial {
  const acted: Record<string, number> = {};
  const unknown = new Set<string>();
  const differences: TriedDifference[] = [];
  let evaluations = 0;
  for (const row of rows) {
    const asked = evaluationOf(row);
    if (!asked) continue;
    evaluations += 1;
    const { moment, values: recorded, decisions } = asked;
    for (const name of soughtBy(draft, moment)) if (!Object.hasOwn(recorded, name)) unknown.add(name);
    const values = { ...recorded, score: scoreOf(draft, recorded) };
    const { acting } = evaluatePolicy(draft, moment, values, acted);
    for (const { id } of acting) acted[id] = (acted[id] ?? 0) + 1;
    const old = policies.get(asked.digest);
    const before = decisions.map(({ rule, action }): TriedDecision => {
      const then = old?.rules.find((one) => one.id === rule)?.then;
      return { rule, action, ...(then ? { then } : {}) };
    });
    const after = acting.map(({ id, then }): TriedDecision => ({ rule: id, action: then.do, then }));
    if (isSame(before, after)) continue;
    const read = new Set([...before, ...after].flatMap(({ rule }) => inputsOf(rule, old, draft)));
    differences.push({
      sequence: row.sequence,
      at: row.at,
      moment,
      policyVersion: asked.policyVersion,
      before,
      after,
      inputs: Object.fromEntries(Object.entries(values).filter(([name]) => read.has(name))),
      behind: differences.length > 0,
    });
  }
  return { evaluations, differences, unknown: [...unknown] };
}

interface Evaluation {
  readonly moment: PolicyMoment;
  readonly policyVersion: string;
  readonly digest: string;
  readonly values: PolicyValues;
  readonly decisions: readonly { readonly rule: string; readonly action: string }[];
}

function evaluationOf({ kind, content }: LedgerRow): Evaluation | undefined {
  const { moment, policyVersion, digest, values, decisions } = content;
  const known = policyMoments().find((one) => one === moment);
  if (kind !== 'policy-evaluated' || !known || !isJsonObject(values)) return undefined;
  return {
    moment: known,
    policyVersion: textOf(policyVersion),
    digest: textOf(digest),
    values: Object.fromEntries(
      Object.entries(values).filter((entry): entry is [string, PolicyValue] => isValue(entry[1])),
    ),
    decisions: (Array.isArray(decisions) ? (decisions as JsonValue[]) : [])
      .filter((one): one is JsonObject => isJsonObject(one))
      .map(({ rule, action }) => ({ rule: textOf(rule), action: textOf(action) })),
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isValue(value: JsonValue | undefined): value is PolicyValue {
  return ['number', 'string', 'boolean'].includes(typeof value);
}

/** What follows is the same: the rules may have other names. */
function isSame(before: readonly TriedDecision[], after: readonly TriedDecision[]): boolean {
  return (
    before.length === after.length &&
    before.every((one, index) => {
      const other = after[index];
      if (!other || one.action !== other.action) return false;
      return one.then === undefined || canonicalJson(one.then) === canonicalJson(other.then);
    })
  );
}

/** What the draft reads and is recorded only where somebody reads it. */
function soughtBy(policy: Policy, moment: PolicyMoment): readonly string[] {
  return rulesOn(policy, moment)
    .flatMap((rule) => comparisonsIn(rule.when).map(({ comparison }) => comparison.input))
    .filter((input) => input.startsWith(KEYWORD_INPUT) || policyInput(input)?.onDemand === true);
}

function inputsOf(id: string, ...policies: readonly (Policy | undefined)[]): readonly string[] {
  return policies.flatMap((policy) =>
    (policy?.rules ?? [])
      .filter((rule) => rule.id === id)
      .flatMap((rule) => comparisonsIn(rule.when).map(({ comparison }) => comparison.input)),
  );
}
