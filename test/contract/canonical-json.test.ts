import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson, jsonOf, throughJson } from '../../contract/canonical-json.ts';
import { digestOf, portableSha256Hex, sha256Hex } from '../../contract/digest.ts';
import { decisionUpdateId, handoffFingerprint, stepKey } from '../../contract/keys.ts';
import { isWithinBytes, jsonBytes } from '../../contract/json-bytes.ts';

/** A number by the sixteen hexadecimal digits of its IEEE 754 form, as RFC 8785 lists them. */
function double(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE();
}

// RFC 8785, appendix B.
test.each([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
])('the number %s is %s', (hex, text) => {
  expect(canonicalJson(double(hex))).toBe(text);
});

test.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('%s has no form', (hex) => {
  expect(() => canonicalJson(double(hex))).toThrow(TypeError);
});

test('literals, strings and numbers as in RFC 8785, section 3.2.2', () => {
  const value = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('names are sorted by UTF-16 units as in RFC 8785, section 3.2.3', () => {
  const value = {
    '\u20ac': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter Dalet With Dagesh',
    '1': 'One',
    '\ud83d\ude00': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    '\u00f6': 'Latin Small Letter O With Diaeresis',
  };
  const names = Object.keys(JSON.parse(canonicalJson(value)) as object);
  const order = [...canonicalJson(value).matchAll(/"([^"]+)":/g)].map((match) => match[1]);
  expect(order).toEqual(['\\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
  expect(names).toHaveLength(7);
});

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a big integer', 1n],
  ['a date', new Date(0)],
  ['a map', new Map([['a', 1]])],
  ['a set', new Set([1])],
  ['half a surrogate pair', '\ud800'],
  ['a name with half a surrogate pair', { '\udc00': 1 }],
])('%s has no canonical form, alone or inside', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
  if (value !== undefined) expect(() => canonicalJson({ inside: [value] })).toThrow(TypeError);
});

test('a circle has no canonical form, and a value met twice has one', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(() => canonicalJson(circle)).toThrow(TypeError);
  const twice = { a: 1 };
  expect(canonicalJson([twice, twice])).toBe('[{"a":1},{"a":1}]');
});

test('what JSON leaves out is left out, and holes in lists are null', () => {
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
  const holes: unknown[] = [];
  holes[1] = 1;
  expect(canonicalJson(holes)).toBe('[null,1]');
});

const values = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });

test('the text is JSON of the same value, whatever the order of its names', () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

test('digests are those of node:crypto, also where there is none', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), values, (text, value) => {
      expect(sha256Hex(text)).toBe(sha256(text));
      expect(portableSha256Hex(text)).toBe(sha256(text));
      expect(digestOf(value)).toBe(sha256(canonicalJson(value)));
    }),
  );
});

test('keys are the digest of trace, step and name, and differ when any differs', () => {
  const key = stepKey('8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11', 3, 'refund');
  expect(key).toBe(sha256Hex('["8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11",3,"refund"]'));
  const others = [
    stepKey('other', 3, 'refund'),
    stepKey('8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11', 4, 'refund'),
  ];
  expect(new Set([key, ...others, stepKey('8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11', 3, 'refunds')]).size).toBe(
    4,
  );
});

test('a fingerprint knows whom, why and with which facts, and nothing else', () => {
  const handoff = { to: 'billing', reasonCode: 'charge', facts: { a: 1, b: 2 }, path: ['x'] };
  expect(handoffFingerprint(handoff)).toBe(
    handoffFingerprint({ ...handoff, facts: { b: 2, a: 1 }, path: [] } as never),
  );
  expect(handoffFingerprint(handoff)).not.toBe(handoffFingerprint({ ...handoff, facts: { a: 1 } }));
});

test('the id of a decision is bound to its content', () => {
  expect(decisionUpdateId('r1', { decision: 'approve' })).not.toBe(
    decisionUpdateId('r1', { decision: 'reject' }),
  );
  expect(decisionUpdateId('r1', { a: 1, b: 2 })).toBe(decisionUpdateId('r1', { b: 2, a: 1 }));
});

test('bytes are those that go over the wire', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value), 'utf8'));
    }),
  );
  expect(jsonBytes('\ud800')).toBe(Buffer.byteLength(JSON.stringify('\ud800')));
  expect(jsonBytes(undefined)).toBe(0);
  expect(jsonBytes(1n)).toBe(Number.POSITIVE_INFINITY);
});

test('whether a value is within so many bytes is told without writing it out', () => {
  const withStrangers = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), fc.anything({ withDate: true }));
  fc.assert(
    fc.property(withStrangers, fc.nat(400), (value, bytes) => {
      expect(isWithinBytes(value, bytes)).toBe(jsonBytes(value) <= bytes);
    }),
    { numRuns: 1_000 },
  );
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(isWithinBytes(circle, 1_000_000)).toBe(false);
  expect(isWithinBytes({ toJSON: () => 'x'.repeat(100) }, 90)).toBe(false);
  expect(isWithinBytes('\u0000'.repeat(10), 61)).toBe(false);
  expect(isWithinBytes('\u0000'.repeat(10), 62)).toBe(true);
});

test('copies through JSON are what a receiver would see', () => {
  const value = { a: { b: [1] } };
  expect(throughJson(value)).toEqual(value);
  expect(throughJson(value).a).not.toBe(value.a);
  expect(jsonOf({ a: undefined, b: 1 })).toEqual({ b: 1 });
});
