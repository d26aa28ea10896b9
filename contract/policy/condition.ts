import { z } from 'zod';
import { policyInput, policyInputNames, type PolicyInput } from './inputs.ts';

/** A value of an input. What is not known is absent. */
export type PolicyValue = number | string | boolean;

/**
 * The condition of a rule: `all`, `any` and `not` over comparisons of one named input with a constant. There is
 * nothing else: no expressions, no functions, no way to fail.
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Comparison;

/** A comparison with something unknown does not hold, except `known: false`. */
export type Comparison =
  | { readonly input: string; readonly above: number }
  | { readonly input: string; readonly atLeast: number }
  | { readonly input: string; readonly below: number }
  | { readonly input: string; readonly atMost: number }
  | { readonly input: string; readonly is: PolicyValue }
  | { readonly input: string; readonly oneOf: readonly string[] }
  | { readonly input: string; readonly known: boolean };

const OPERATORS = ['above', 'atLeast', 'below', 'atMost', 'is', 'oneOf', 'known'] as const;
const FORMS = ['all', 'any', 'not', 'input'] as const;

type Written = {
  readonly all?: readonly unknown[] | undefined;
  readonly any?: readonly unknown[] | undefined;
  readonly not?: unknown;
  readonly input?: string | undefined;
} & { readonly [Operator in (typeof OPERATORS)[number]]?: unknown };

// One loose shape with pointed refinements: a union of seven would answer every slip with seven complaints.
const Node: z.ZodType<Condition> = z.lazy(() =>
  z
    .strictObject({
      all: z.array(Node).min(1).max(50).optional(),
      any: z.array(Node).min(1).max(50).optional(),
      not: Node.optional(),
      input: z.string().max(100).optional(),
      above: z.number().optional(),
      atLeast: z.number().optional(),
      below: z.number().optional(),
      atMost: z.number().optional(),
      is: z
        .union([z.number(), z.string().max(200), z.boolean()], 'a number, a text, true or false')
        .optional(),
      oneOf: z.array(z.string().max(200)).min(1).max(200).optional(),
      known: z.boolean().optional(),
    })
    .superRefine((written, context) => {
      for (const [path, message] of faultsOf(written)) context.addIssue({ code: 'custom', path, message });
    })
    // What the refinement let through has exactly one of the forms.
    .transform((written) => written as unknown as Condition),
);

function faultsOf(written: Written): readonly (readonly [string[], string])[] {
  const forms = FORMS.filter((form) => written[form] !== undefined);
  const operators = OPERATORS.filter((operator) => written[operator] !== undefined);
  if (forms.length !== 1)
    return [[[], `give exactly one of ${FORMS.join(', ')}; found ${forms.join(' and ') || 'none'}`]];
  if (written.input === undefined)
    return operators.map((operator) => [
      [operator],
      `only a comparison with an \`input\` has \`${operator}\``,
    ]);
  const input = policyInput(written.input);
  if (!input) {
    const names = [...policyInputNames(), 'keyword.<name>'];
    return [[['input'], `there is no input ${JSON.stringify(written.input)}; inputs: ${names.join(', ')}`]];
  }
  const [operator, ...more] = operators;
  if (operator === undefined || more.length > 0)
    return [[[], `give exactly one of ${operatorsFor(input).join(', ')} for ${written.input}`]];
  if (!operatorsFor(input).includes(operator))
    return [
      [[operator], `${written.input} is a ${input.type}; compare it by ${operatorsFor(input).join(', ')}`],
    ];
  if (operator === 'is' && typeof written.is !== (input.type === 'text' ? 'string' : input.type))
    return [[['is'], `${written.input} is a ${input.type}, not ${JSON.stringify(written.is)}`]];
  return [];
}

function operatorsFor(input: PolicyInput): readonly (typeof OPERATORS)[number][] {
  switch (input.type) {
    case 'number':
      return ['above', 'atLeast', 'below', 'atMost', 'is', 'known'];
    case 'text':
      return ['is', 'oneOf', 'known'];
    case 'boolean':
      return ['is', 'known'];
  }
}

/** Schema of a condition. */
export function conditionSchema(): typeof Node {
  return Node;
}

/** Every comparison of a condition, with its path inside it. */
export function comparisonsIn(
  condition: Condition,
  path: readonly (string | number)[] = [],
): readonly { readonly comparison: Comparison; readonly path: readonly (string | number)[] }[] {
  if ('all' in condition)
    return condition.all.flatMap((one, index) => comparisonsIn(one, [...path, 'all', index]));
  if ('any' in condition)
    return condition.any.flatMap((one, index) => comparisonsIn(one, [...path, 'any', index]));
  if ('not' in condition) return comparisonsIn(condition.not, [...path, 'not']);
  return [{ comparison: condition, path }];
}

/** Whether a condition holds of values by input. */
export function holds(condition: Condition, values: Readonly<Record<string, PolicyValue>>): boolean {
  if ('all' in condition) return condition.all.every((one) => holds(one, values));
  if ('any' in condition) return condition.any.some((one) => holds(one, values));
  if ('not' in condition) return !holds(condition.not, values);
  return compares(condition, Object.hasOwn(values, condition.input) ? values[condition.input] : undefined);
}

function compares(comparison: Comparison, value: PolicyValue | undefined): boolean {
  if ('known' in comparison) return (value !== undefined) === comparison.known;
  if (value === undefined) return false;
  if ('is' in comparison) return value === comparison.is;
  if ('oneOf' in comparison) return typeof value === 'string' && comparison.oneOf.includes(value);
  if (typeof value !== 'number') return false;
  if ('above' in comparison) return value > comparison.above;
  if ('atLeast' in comparison) return value >= comparison.atLeast;
  if ('below' in comparison) return value < comparison.below;
  return value <= comparison.atMost;
}
