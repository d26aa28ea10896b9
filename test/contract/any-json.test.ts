/** Shapes that hold any JSON value take what zod's own schema takes, and can be compiled. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { anyJsonSchema } from '../../contract/any-json.ts';
import { caseInputSchema } from '../../contract/case.ts';
import { compiledWhenWorthIt } from '../../contract/compiled.ts';
import { envelopeSchema } from '../../contract/envelope.ts';
import type { JsonValue } from '../../contract/json.ts';
import { agentTurnSchema } from '../../contract/turn.ts';

/** What lies in JSON, and what agents and tools return besides. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSparseArray: true,
});

test('what is JSON, and what is not, is as zod says', () => {
  const theirs = z.json();
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anything), (value) => {
      const mine = anyJsonSchema().safeParse(value);
      const other = theirs.safeParse(value);
      expect(mine.success).toBe(other.success);
      if (mine.success) expect(mine.data).toEqual(other.data);
    }),
    { numRuns: 1_000 },
  );
});

test('what is parsed is a copy, without the name that would be a prototype', () => {
  const value = JSON.parse('{"a":{"__proto__":{"b":1},"c":[{"__proto__":2,"d":3}]}}') as { a: object };
  const copy = anyJsonSchema().parse(value) as { a: object };
  expect(copy).toEqual({ a: { c: [{ d: 3 }] } });
  expect(copy.a).not.toBe(value.a);
  expect(Object.getPrototypeOf(copy.a)).toBe(Object.prototype);
});

/** Inputs of a recorded case, by the activity they went to. */
function recorded(activity: string): JsonValue {
  const file = path.resolve(import.meta.dirname, '../histories/0.1.0/duplicate-charge.json');
  const { events } = JSON.parse(readFileSync(file, 'utf8')) as {
    events: readonly { readonly [attributes: string]: unknown }[];
  };
  const inputs = events.flatMap((event) => {
    const scheduled = event['activityTaskScheduledEventAttributes'] as
      { activityType: { name: string }; input: { payloads: readonly { data: string }[] } } | undefined;
    return scheduled?.activityType.name === activity ? [scheduled.input.payloads[0]?.data ?? ''] : [];
  });
  const [first = ''] = inputs;
  return JSON.parse(Buffer.from(first, 'base64').toString()) as JsonValue;
}

const { envelope } = recorded('handoff') as { envelope: JsonValue };
const turn = {
  version: '1.0.0',
  intent: { kind: 'transfer', to: 'billing', reasonCode: 'charge', facts: { order: { id: 'W1' } } },
  facts: { seen: [1, 'two', null] },
  provenance: { confidence: 0.9 },
};
const input = { version: '1.0.0', team: 'desk', task: { definition: 'help' }, facts: { a: { b: [1] } } };

/** The value with one place of it replaced by another value, taken away, or joined by a stranger. */
function changed(value: JsonValue): fc.Arbitrary<unknown> {
  const places = placesIn(value, []);
  return fc
    .tuple(fc.constantFrom(...places), fc.oneof(fc.jsonValue(), fc.constant(undefined)), fc.boolean())
    .map(([place, other, beside]) => replaced(value, beside ? [...place, 'stranger'] : place, other));
}

type Place = readonly string[];

function placesIn(value: unknown, at: Place): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...at, name]))];
}

function replaced(value: unknown, [name, ...rest]: Place, by: unknown): unknown {
  if (name === undefined) return by;
  if (typeof value !== 'object' || value === null) return value;
  const member = (value as Readonly<Record<string, unknown>>)[name];
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
  return Object.assign(copy, { [name]: replaced(member, rest, by) });
}

describe.each([
  ['envelope', envelopeSchema(), envelope],
  ['turn', agentTurnSchema(), turn],
  ['case input', caseInputSchema(), input],
] as const)('the schema of an %s', (_, schema: z.ZodType, example: JsonValue) => {
  test('is compiled, and says the same', () => {
    const compiled = z.compile(schema, { strict: true });
    expect(compiled.safeParse(example).success).toBe(true);
    fc.assert(
      fc.property(changed(example), (value) => {
        const quick = compiled.safeParse(value);
        const slow = schema.safeParse(value);
        expect(quick.data).toEqual(slow.data);
        expect(quick.error?.issues).toEqual(slow.error?.issues);
      }),
      { numRuns: 300 },
    );
  });

  test('is compiled once it has parsed often', () => {
    const own = schema.meta({ title: 'of this test' });
    const used = Array.from({ length: 1_000 }, () => compiledWhenWorthIt(own));
    expect(used[0]).toBe(own);
    expect(used.at(-1)).not.toBe(own);
    expect(new Set(used).size).toBe(2);
    expect(used.at(-1)?.safeParse(example)).toEqual(own.safeParse(example));
  });
});
