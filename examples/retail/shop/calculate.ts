import { z } from 'zod';
import { evaluate } from './arithmetic.ts';
import { roundToCents } from './money.ts';
import { refuse } from './refusal.ts';
import { lookUp } from './shop-tool.ts';

/** The value of a sum, rounded to cents, as text. */
export const calculate = lookUp(
  {
    name: 'calculate',
    description: 'Calculate an expression of numbers, + - * / and parentheses.',
    input: z.strictObject({ expression: z.string().max(1_000).describe('such as 3 * (1.5 + 2)') }),
  },
  async (_records, { expression }) => {
    const result = evaluate(expression);
    return result.ok ? String(roundToCents(result.value)) : refuse('wrong-expression', result.why);
  },
);
