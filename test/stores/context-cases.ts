import type { ContextCase, ContextReference } from '../../contract/context.ts';
import type { Message } from '../../contract/conversation.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { ContextStore } from '../../contract/ports.ts';

/** Cases of two persons and of nobody. Traces are unique, since a Redis is shared by many stores. */
export function casesFor(test: string): {
  readonly ann: ContextCase;
  readonly ben: ContextCase;
  readonly nobody: ContextCase;
} {
  return {
    ann: { trace: `${test}-ann`, caseId: 'case-ann', person: 'ann@example.org' },
    ben: { trace: `${test}-ben`, caseId: 'case-ben', person: 'ben@example.org' },
    nobody: { trace: `${test}-nobody`, caseId: 'case-nobody' },
  };
}

/** Messages of a conversation, from one sequence through another. */
export function messagesOf(first: number, last: number, text = 'நன்றி 👍🏽'): readonly Message[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const sequence = first + index;
    return {
      id: `m${String(sequence)}`,
      sequence,
      at: '2025-03-01T10:00:00.000Z',
      from: sequence % 2 === 1 ? { kind: 'user' } : { kind: 'agent', name: 'billing' },
      text: `${text} ${String(sequence)}`,
    };
  });
}

/** Writes one value. */
export async function putValue(
  context: ContextStore,
  owner: ContextCase,
  key: string,
  value: JsonValue,
  expectedVersion = 0,
): Promise<ContextReference> {
  const [reference] = await context.write({ case: owner, values: [{ key, value, expectedVersion }] });
  if (reference === undefined) throw new Error('no reference');
  return reference;
}

/** Reads one value, whole or cut. */
export async function getValue(
  context: ContextStore,
  trace: string,
  reference: ContextReference,
  fields?: readonly string[],
): Promise<JsonValue | undefined> {
  const { values } = await context.read({ trace, values: [{ reference, ...(fields ? { fields } : {}) }] });
  return values[0];
}
