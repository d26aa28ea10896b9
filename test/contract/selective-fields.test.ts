import fc from 'fast-check';
import { z } from 'zod';
import type { JsonObject } from '../../contract/json.ts';
import { referenceFact } from '../../contract/reference-fact.ts';
import { selectFields, type Cut } from '../../contract/selective-fields.ts';

/** Cuts by what an agent's zod schema amounts to, as the manifest carries it. */
function cutBy(schema: z.ZodType, facts: JsonObject): Cut {
  return selectFields(z.toJSONSchema(schema, { io: 'input' }) as JsonObject, facts);
}

const address = { street: 'Am Kai 1', gate: '4711' };

test.each<[string, z.ZodType, JsonObject, JsonObject, string[]]>([
  ['a field', z.object({ a: z.string() }), { a: 'x', b: 'y' }, { a: 'x' }, ['b']],
  [
    'a nested object',
    z.object({ at: z.object({ street: z.string() }) }),
    { at: address },
    { at: { street: 'Am Kai 1' } },
    ['at.gate'],
  ],
  [
    'a nullable object',
    z.object({ at: z.object({ street: z.string() }).nullable() }),
    { at: address },
    { at: { street: 'Am Kai 1' } },
    ['at.gate'],
  ],
  [
    'an optional object with a default',
    z.object({ at: z.object({ street: z.string() }).optional().default({ street: '' }) }),
    { at: address },
    { at: { street: 'Am Kai 1' } },
    ['at.gate'],
  ],
  [
    'a list of objects',
    z.object({ all: z.array(z.object({ street: z.string() })) }),
    { all: [address, address] },
    { all: [{ street: 'Am Kai 1' }, { street: 'Am Kai 1' }] },
    ['all.0.gate', 'all.1.gate'],
  ],
  [
    'a list or nothing',
    z.object({ all: z.union([z.array(z.object({ street: z.string() })), z.string()]) }),
    { all: [address] },
    { all: [{ street: 'Am Kai 1' }] },
    ['all.0.gate'],
  ],
  [
    'a tuple',
    z.object({ pair: z.tuple([z.object({ street: z.string() }), z.number()]) }),
    { pair: [address, 1] },
    { pair: [{ street: 'Am Kai 1' }, 1] },
    ['pair.0.gate'],
  ],
  [
    'a union: what any branch declares',
    z.object({
      by: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('card'), last4: z.string() }),
        z.object({ kind: z.literal('bank'), iban: z.string() }),
      ]),
    }),
    { by: { kind: 'card', last4: '4242', cvc: '123' } },
    { by: { kind: 'card', last4: '4242' } },
    ['by.cvc'],
  ],
  [
    'an intersection',
    z.object({ who: z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })) }),
    { who: { a: '1', b: '2', c: '3' } },
    { who: { a: '1', b: '2' } },
    ['who.c'],
  ],
  [
    'a record of objects',
    z.object({ by: z.record(z.string(), z.object({ street: z.string() })) }),
    { by: { home: address } },
    { by: { home: { street: 'Am Kai 1' } } },
    ['by.home.gate'],
  ],
  [
    'a record of named keys',
    z.object({ by: z.partialRecord(z.enum(['home', 'work']), z.string()) }),
    { by: { home: 'x', secret: 'y' } },
    { by: { home: 'x' } },
    ['by.secret'],
  ],
  ['a loose object', z.looseObject({ a: z.string() }), { a: 'x', b: 'y' }, { a: 'x', b: 'y' }, []],
  ['a strict object', z.strictObject({ a: z.string() }), { a: 'x', b: 'y' }, { a: 'x' }, ['b']],
  ['anything where anything is declared', z.object({ a: z.json() }), { a: address }, { a: address }, []],
])('cuts %s', (_, schema, facts, kept, dropped) => {
  const cut = cutBy(schema, facts);
  expect(cut.facts).toEqual(kept);
  expect(cut.dropped).toEqual(dropped);
});

test('what only a later alternative declares crosses as well, in objects and in lists', () => {
  const branch = (name: string): JsonObject => ({ type: 'object', properties: { [name]: {} } });
  const either = { anyOf: [branch('a'), branch('b')] };
  const lists = { anyOf: ['a', 'b'].map((name) => ({ type: 'array', items: branch(name) })) };
  const properties = { one: either, all: lists };
  const cut = selectFields({ type: 'object', properties }, { one: { b: 1, c: 2 }, all: [{ b: 1, c: 2 }] });
  expect(cut.facts).toEqual({ one: { b: 1 }, all: [{ b: 1 }] });
  expect(cut.dropped).toEqual(['one.c', 'all.0.c']);
});

test('a fact by reference is left as it is: whoever reads it cuts it', () => {
  const big = referenceFact({ key: 'fact:x', version: 1, digest: 'a'.repeat(64), bytes: 9_000 });
  const properties = { big: { type: 'object', properties: { a: {} } } };
  expect(selectFields({ type: 'object', properties }, { big })).toMatchObject({
    facts: { big },
    dropped: [],
  });
});

test('a recursive shape is cut all the way down', () => {
  const Comment = z.object({
    text: z.string(),
    get replies() {
      return z.array(Comment);
    },
  });
  const facts = { thread: { text: 'a', ip: '1', replies: [{ text: 'b', ip: '2', replies: [] }] } };
  const cut = cutBy(z.object({ thread: Comment }), facts);
  expect(cut.facts).toEqual({ thread: { text: 'a', replies: [{ text: 'b', replies: [] }] } });
  expect(cut.dropped).toEqual(['thread.ip', 'thread.replies.0.ip']);
});

test('a schema that refers to itself for ever does not hang', () => {
  const schema = { type: 'object', properties: { a: { $ref: '#/properties/a' } } };
  expect(selectFields(schema, { a: { b: 1 } }).declared).toEqual(['a']);
});

test('what is missing is named', () => {
  const schema = z.object({ order: z.string(), amount: z.number(), note: z.string().optional() });
  expect(cutBy(schema, { order: 'o1', other: 1 }).missing).toEqual(['amount']);
});

const names: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'toString',
  'constructor',
  '__proto__',
  'hasOwnProperty',
  'é',
);
const facts = fc.dictionary(names, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true });

test('nothing undeclared crosses and nothing declared is lost, whatever the names', () => {
  fc.assert(
    fc.property(facts, fc.uniqueArray(names), (value, declared) => {
      const properties = Object.fromEntries(declared.map((name) => [name, {}]));
      const cut = selectFields({ type: 'object', properties }, value);
      const had = Object.keys(value);
      expect(Object.keys(cut.facts).sort()).toEqual(had.filter((name) => declared.includes(name)).sort());
      expect([...cut.dropped].sort()).toEqual(had.filter((name) => !declared.includes(name)).sort());
      expect(cut.declared).toEqual(Object.keys(cut.facts));
      for (const name of cut.declared)
        expect(Object.getOwnPropertyDescriptor(cut.facts, name)?.value).toEqual(
          Object.getOwnPropertyDescriptor(value, name)?.value,
        );
      expect(Object.getPrototypeOf(cut.facts)).toBe(Object.prototype);
    }),
    { numRuns: 500 },
  );
});

test('cutting twice is cutting once', () => {
  const schema = { type: 'object', properties: { a: { type: 'object', properties: { b: {} } } } };
  fc.assert(
    fc.property(facts, (value) => {
      const once = selectFields(schema, value).facts;
      expect(selectFields(schema, once)).toMatchObject({ facts: once, dropped: [] });
    }),
  );
});
