/** Deeper nesting than any sum a shop assistant writes down; it bounds the recursion. */
const DEPTH = 50;

/**
 * The value of an expression of numbers, `+ - * /` and parentheses, with the usual precedence. It is parsed, never
 * run as code: expressions come from models.
 * @returns the value, or what is wrong with the expression
 */
export function evaluate(
  expression: string,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly why: string } {
  if (!/^[0-9+\-*/(). ]*$/.test(expression)) return { ok: false, why: 'Invalid characters in expression' };
  const tokens = expression.match(/\d+(?:\.\d*)?|\.\d+|[-+*/().]/g) ?? [];
  let next = 0;

  const operand = (depth: number): number => {
    const token = tokens[next];
    next += 1;
    if (depth > DEPTH) return Number.NaN;
    if (token === '-') return -operand(depth + 1);
    if (token === '+') return operand(depth + 1);
    if (token !== '(') return token === undefined ? Number.NaN : Number(token);
    const value = sum(depth + 1);
    const closed = tokens[next] === ')';
    next += 1;
    return closed ? value : Number.NaN;
  };
  const product = (depth: number): number => {
    let value = operand(depth);
    while (tokens[next] === '*' || tokens[next] === '/') {
      const divides = tokens[next] === '/';
      next += 1;
      const factor = operand(depth);
      value = divides ? value / factor : value * factor;
    }
    return value;
  };
  const sum = (depth: number): number => {
    let value = product(depth);
    while (tokens[next] === '+' || tokens[next] === '-') {
      const subtracts = tokens[next] === '-';
      next += 1;
      const term = product(depth);
      value = subtracts ? value - term : value + term;
    }
    return value;
  };

  const value = sum(0);
  const whole = next === tokens.length && Number.isFinite(value);
  return whole ? { ok: true, value } : { ok: false, why: 'Invalid expression' };
}
