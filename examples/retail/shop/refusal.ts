import type { JsonValue } from '../../../contract/json.ts';
import type { ChangeAnswer } from '../../../contract/ports.ts';

/** Why the shop says no, in one word; the message says it in full. */
export type RefusalCode =
  | 'not-found'
  | 'not-allowed'
  | 'wrong-status'
  | 'wrong-items'
  | 'wrong-payment'
  | 'wrong-reason'
  | 'wrong-expression';

class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Ends a tool with a refusal. Every check comes before the first write, so nothing is written. */
export function refuse(code: RefusalCode, message: string): never {
  throw new Refusal(code, message);
}

/** Runs a tool to its answer: its result, or the refusal it ended with. Other errors stay errors. */
export async function answering(work: () => Promise<JsonValue>): Promise<ChangeAnswer> {
  try {
    return { kind: 'done', result: await work() };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'refused', code: thrown.code, message: thrown.message };
    throw thrown;
  }
}
