import type { CaseAccount, PastCase } from '../../client/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { comparisonsIn, holds, type Comparison, type PolicyValue } from '../../contract/policy/condition.ts';
import { policyInput } from '../../contract/policy/inputs.ts';
import type { Policy, PolicyRule } from '../../contract/policy/policy.ts';
import { poolOfOwner } from '../../contract/queues.ts';

/** A threshold that outcomes can speak to: the one number by which a rule asks people, or does not. */
export interface Threshold {
  readonly rule: PolicyRule;
  readonly input: string;
  readonly operator: 'above' | 'atLeast' | 'below' | 'atMost';
  readonly bound: number;
  /** Where it stands in the policy. */
  readonly path: readonly (string | number)[];
}

/** One moment of a past case: what the input was, and whether people turned out to be needed. */
export interface Sample {
  readonly caseId: string;
  readonly value: number;
  readonly needed: boolean;
}

const OPERATORS = ['above', 'atLeast', 'below', 'atMost'] as const;

/**
 * The thresholds of a policy that can be proposed: of rules that ask people, with a single comparison of a number, on
 * which the rule depends whatever else it reads.
 */
export function thresholdsIn(policy: Policy): readonly Threshold[] {
  return policy.rules.flatMap((rule, index): Threshold[] => {
    if (rule.on === 'time' || (rule.then.do !== 'review' && rule.then.do !== 'escalate')) return [];
    const numbers = comparisonsIn(rule.when).flatMap(({ comparison, path }) =>
      OPERATORS.flatMap((operator) => {
        const bound = boundOf(comparison, operator);
        return bound === undefined ? [] : [{ input: comparison.input, operator, bound, path }];
      }),
    );
    const [only, ...more] = numbers;
    if (!only || more.length > 0 || policyInput(only.input)?.clock !== undefined) return [];
    // Under `any` and `not` the rule may act without it.
    if (only.path.some((step) => step === 'any' || step === 'not')) return [];
    return [{ rule, ...only, path: ['rules', index, 'when', ...only.path, only.operator] }];
  });
}

function boundOf(comparison: Comparison, operator: (typeof OPERATORS)[number]): number | undefined {
  const bound: unknown = Reflect.get(comparison, operator);
  return typeof bound === 'number' ? bound : undefined;
}

/** Whether a value is on the side on which people are asked. */
export function isCaught({ operator }: Pick<Threshold, 'operator'>, bound: number, value: number): boolean {
  switch (operator) {
    case 'above':
      return value > bound;
    case 'atLeast':
      return value >= bound;
    case 'below':
      return value < bound;
    case 'atMost':
      return value <= bound;
  }
}

/**
 * What a case says of a threshold. Where the rule asked people: whether they changed anything. Where it never did: the
 * moment that came closest to it, and whether people were needed after all, by what became of the case.
 */
export function samplesOf(
  threshold: Threshold,
  { caseId, rows }: PastCase,
  account: CaseAccount,
): readonly Sample[] {
  const { rule, input, operator } = threshold;
  const moments = rows.flatMap((row) => momentOf(threshold, row));
  const acted = moments.filter((one) => one.acted);
  if (acted.length > 0)
    return acted.flatMap(({ row, value }) => {
      const needed =
        rule.then.do === 'review' ? reviewMattered(account, row) : escalationMattered(account, row, rows);
      return needed === undefined ? [] : [{ caseId, value, needed }];
    });
  const upwards = operator === 'above' || operator === 'atLeast';
  const closest = moments
    .filter((one) => one.undisturbed)
    .toSorted((left, right) => (upwards ? right.value - left.value : left.value - right.value))[0];
  const needed = closest && missed(account, closest.row);
  if (!closest || needed === undefined) return [];
  return policyInput(input) ? [{ caseId, value: closest.value, needed }] : [];
}

interface Moment {
  readonly row: LedgerRow;
  readonly value: number;
  /** The rule asked people. */
  readonly acted: boolean;
  /** No other rule did something that would have come first. */
  readonly undisturbed: boolean;
}

function momentOf({ rule, input, operator, bound }: Threshold, row: LedgerRow): readonly Moment[] {
  const { moment, values, decisions } = row.content;
  if (row.kind !== 'policy-evaluated' || moment !== rule.on || !isJsonObject(values)) return [];
  const value = values[input];
  if (typeof value !== 'number') return [];
  // Whether everything else that the rule asks for was so.
  const satisfied = operator === 'above' || operator === 'atLeast' ? bound + 1 : bound - 1;
  if (!holds(rule.when, { ...(values as Record<string, PolicyValue>), [input]: satisfied })) return [];
  const done = (Array.isArray(decisions) ? decisions : []).filter(
    (one): one is JsonObject => isJsonObject(one) && one['because'] === undefined,
  );
  const acted = done.some((one) => one['rule'] === rule.id);
  return [{ row, value, acted, undisturbed: done.every((one) => one['action'] === 'tell') }];
}

function reviewMattered({ reviews }: CaseAccount, { sequence }: LedgerRow): boolean | undefined {
  const review = reviews.find((one) => one.sequence > sequence);
  switch (review?.status) {
    case 'approved':
      return review.changed;
    case 'rejected':
      return true;
    case 'open':
    case 'expired':
    case 'withdrawn':
    case undefined:
      return undefined;
  }
}

/** People who give a case back without a word to its user were not needed. */
function escalationMattered(
  { outcome }: CaseAccount,
  act: LedgerRow,
  rows: readonly LedgerRow[],
): boolean | undefined {
  const after = rows.filter((row) => row.sequence > act.sequence);
  const back = after.find(
    ({ kind, content }) =>
      kind === 'handoff-accepted' && isPeople(content['from']) && !isPeople(content['to']),
  );
  const spoke = after.find(({ kind, content }) => {
    const { from } = content;
    return kind === 'message-sent' && isJsonObject(from) && from['kind'] === 'person';
  });
  if (spoke && (!back || spoke.sequence < back.sequence)) return true;
  if (back) return false;
  return outcome === 'open' ? undefined : true;
}

/** Whether people were needed in a case that came to them too late, or never. */
function missed({ outcome, askedForHuman, feedback }: CaseAccount, at: LedgerRow): boolean | undefined {
  if (askedForHuman !== undefined && askedForHuman > at.sequence) return true;
  switch (outcome) {
    case 'failed':
      return true;
    case 'finished':
      return feedback !== undefined && feedback.rating <= 2;
    case 'cancelled':
    case 'open':
      return undefined;
  }
}

function isPeople(owner: JsonValue | undefined): boolean {
  return typeof owner === 'string' && poolOfOwner(owner) !== undefined;
}
