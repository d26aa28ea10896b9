import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';

/** Texts that match a pattern of the contract; a pattern that is missing here fails the test that meets it. */
const MATCHING: readonly [RegExp, fc.Arbitrary<string>][] = [
  [/^\^\[0-9a-f\]\{64\}\$$/, fc.stringMatching(/^[0-9a-f]{64}$/)],
  [/^\^\[0-9a-f\]\{128\}\$$/, fc.stringMatching(/^[0-9a-f]{128}$/)],
  [/^\^\[a-z\]\[a-z0-9-\]\*\$$/, fc.constantFrom('a', 'billing', 'x-1')],
  [/^\^\\d\+/, fc.constantFrom('1.0.0', '12.3.4')],
  [/^\^\[\^\\p\{Cc\}\\p\{Cs\}\]\+\$$/, fc.constantFrom('1', 'विक्रम', '👩‍⚕️', 'a b', '__proto')],
  [/^\^\[\^\\p\{Cc\}\\p\{Cs\}\/\\\\\]\+\$$/, fc.constantFrom('a.pdf', 'ரசீது.png')],
  [/^\^\[a-z\]\[a-z0-9\+\.-\]\*:/i, fc.constantFrom('https://example.com/1', 'urn:x:1')],
  [/^\^\[A-Za-z_\]\[\\w\.-\]/, fc.constantFrom('order', 'Order_2', '__proto', 'a.b-c')],
  [/^\^\[a-z0-9\]\[a-z0-9!/, fc.constantFrom('audio/ogg', 'application/fhir+json')],
  [/^\^\[A-Za-z\]\[A-Za-z0-9_\.:-\]/, fc.constantFrom('r1', 'people:desk', 'EFFECT_REFUSED')],
];

const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'नमस्ते', 'வணக்கம்', '👨‍👩‍👧', '\u0000', '\u2028', 'e\u0301', '"\\'),
);

const NUMBER = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 63, 0.1, -1),
);

const NAMES = fc.oneof(TEXT, fc.constantFrom('constructor', 'toString', '1', '__proto', 'items'));

/** Any JSON, three levels deep. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    TEXT,
    NUMBER,
    fc.boolean(),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(NAMES, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json;

/** Values that a published schema lets through: every branch, optional members there and not there. */
export function valuesOf(schema: JsonObject, root: JsonObject = schema): fc.Arbitrary<JsonValue> {
  const { $ref: reference, const: constant, enum: words } = schema;
  if (reference !== undefined) {
    if (reference !== '#/$defs/json') throw new Error(`nobody wrote values of ${JSON.stringify(reference)}`);
    return anyJson;
  }
  if (constant !== undefined) return fc.constant(constant);
  if (Array.isArray(words)) return fc.constantFrom(...(words as JsonValue[]));
  const alternatives = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(alternatives))
    return fc.oneof(...(alternatives as JsonObject[]).map((one) => valuesOf(one, root)));
  const { type } = schema;
  if (type === 'string') return textOf(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') return numberOf(schema);
  if (type === 'object') return objectOf(schema, root);
  if (type !== 'array') return anyJson;
  const { items, minItems = 0, maxItems = 3 } = schema;
  const bounds = { minLength: Number(minItems), maxLength: Math.min(Number(maxItems), 3) };
  return fc.array(valuesOf(items as JsonObject, root), bounds);
}

function textOf(schema: JsonObject): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = 20 } = schema;
  if (format === 'date-time') return fc.constantFrom('2026-11-21T09:00:00Z', '2026-02-28T23:59:59.999+05:30');
  if (format === 'uuid') return fc.uuid();
  if (typeof pattern === 'string') {
    const known = MATCHING.find(([one]) => one.test(pattern));
    if (!known) throw new Error(`nobody wrote texts that match ${pattern}`);
    return known[1];
  }
  return TEXT.filter((text) => text.length >= Number(minLength) && text.length <= Number(maxLength));
}

function numberOf(schema: JsonObject): fc.Arbitrary<number> {
  const { type, minimum, exclusiveMinimum, maximum } = schema;
  const whole = type === 'integer';
  const min = Number(minimum ?? (exclusiveMinimum === undefined ? -1e6 : Number(exclusiveMinimum) + 1));
  const max = Number(maximum ?? 1e6);
  return whole
    ? fc.oneof(
        fc.maxSafeInteger().filter((n) => n >= min && n <= max),
        fc.constantFrom(min, max),
      )
    : fc.double({ min, max, noNaN: true });
}

function objectOf(schema: JsonObject, root: JsonObject): fc.Arbitrary<JsonObject> {
  const { properties, required, additionalProperties } = schema;
  if (!isJsonObject(properties)) {
    const members = isJsonObject(additionalProperties) ? valuesOf(additionalProperties, root) : anyJson;
    return fc.dictionary(NAMES, members, { maxKeys: 3, noNullPrototype: true });
  }
  const needed = Array.isArray(required) ? (required as string[]) : [];
  const members = Object.entries(properties).map(
    ([name, member]) => [name, valuesOf(member as JsonObject, root)] as const,
  );
  return fc.record<JsonObject>(Object.fromEntries(members), { requiredKeys: needed, noNullPrototype: true });
}
