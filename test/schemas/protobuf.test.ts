import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { canonicalJson } from '../../contract/canonical-json.ts';
import type { JsonObject } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import { fromProtobuf, protobufMessages, publishedSchema, toProtobuf } from '../../schemas/index.ts';
import { protobufType, type ProtobufShape } from '../../schemas/protobuf.ts';
import { shapeNamed } from '../../schemas/published.ts';
import { valuesOf } from './values-of-schema.ts';

const RUNS = Number(process.env['BATON_RUNS'] ?? 60);
const shapes = Object.keys(protobufMessages()) as ProtobufShape[];
const fixture = path.join(import.meta.dirname, 'envelope-1.0.0.json');

async function envelope(): Promise<JsonObject> {
  return JSON.parse(await readFile(fixture, 'utf8')) as JsonObject;
}

describe('JSON and Protobuf forms (H12)', () => {
  test.each(shapes)('any valid %s comes back with the same canonical JSON', (shape) => {
    const schema = shapeNamed(shape);
    let valid = 0;
    fc.assert(
      fc.property(valuesOf(publishedSchema(shape).schema), (value) => {
        const parsed = schema.safeParse(value);
        // Two calls under one id and the like, which JSON Schema has no word for.
        if (!parsed.success) return;
        valid += 1;
        const back = fromProtobuf(shape, toProtobuf(shape, value));
        expect(canonicalJson(back)).toBe(canonicalJson(parsed.data));
      }),
      { numRuns: RUNS },
    );
    expect(valid).toBeGreaterThan(RUNS / 2);
  });

  test('the kept bytes are read as what they were written from, and written alike', async () => {
    const bytes = Buffer.from(
      await readFile(path.join(import.meta.dirname, 'envelope-1.0.0.pb.hex'), 'utf8'),
      'hex',
    );
    const value = await envelope();
    expect(canonicalJson(fromProtobuf('envelope', bytes))).toBe(canonicalJson(value));
    expect(Buffer.from(toProtobuf('envelope', value)).toString('hex')).toBe(bytes.toString('hex'));
  });

  test('absent, null and empty stay three things', async () => {
    const base = await envelope();
    const memory = base['memory'] as JsonObject;
    const { partialResults, recordsRead, ...bare } = memory;
    expect([partialResults, recordsRead]).not.toContain(undefined);
    for (const members of [{}, { partialResults: null }, { recordsRead: [] }, { recordsRead: [''] }]) {
      const value = { ...base, memory: { ...bare, ...members } };
      expect(fromProtobuf('envelope', toProtobuf('envelope', value))).toEqual(value);
    }
  });

  test.each(shapes)('the message of %s has the fields of its schema, no more and no fewer', (shape) => {
    expect(faultsOf(protobufType(shape), publishedSchema(shape).schema, shape)).toEqual([]);
  });
});

describe('what one form cannot say is refused', () => {
  test.each<[string, (value: JsonObject) => JsonObject, string, string]>([
    ['an unknown field', (e) => ({ ...e, extra: 1 }), 'PROTOBUF_UNFIT', 'envelope.extra'],
    [
      'an unknown field within',
      (e) => ({ ...e, memory: { ...(e['memory'] as JsonObject), mood: 'x' } }),
      'PROTOBUF_UNFIT',
      'envelope.memory.mood',
    ],
    [
      'a value nested deeper than readers go',
      (e) => ({ ...e, memory: { facts: { deep: nested(40) } } }),
      'PROTOBUF_UNFIT',
      'envelope.memory.facts.deep',
    ],
    [
      'a name that no validator keeps',
      (e) => ({ ...e, memory: { facts: JSON.parse('{"__proto__":1}') as JsonObject } }),
      'PROTOBUF_UNFIT',
      'envelope.memory.facts.__proto__',
    ],
    ['a newer version', (e) => ({ ...e, version: '1.1.0', extra: 1 }), 'VERSION_UNSUPPORTED', 'version'],
    ['a big integer', (e) => ({ ...e, step: 2 ** 53 }), 'INPUT_INVALID', 'envelope.step'],
  ])('%s', async (_, change, code, field) => {
    const value = change(await envelope());
    expect(() => toProtobuf('envelope', value)).toThrow(
      expect.objectContaining({ code, field: expect.stringContaining(field) as string }) as Error,
    );
  });

  test('30 levels of facts cross', async () => {
    const value = { ...(await envelope()), memory: { facts: { deep: nested(26) } } };
    expect(fromProtobuf('envelope', toProtobuf('envelope', value))).toEqual(value);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ['bytes that are no message', () => Uint8Array.of(0xff, 0xff, 0xff), 'PROTOBUF_UNREADABLE'],
    ['a message that was cut off', (bytes) => bytes.slice(0, -3), 'PROTOBUF_UNREADABLE'],
    ['a field of a later version', (bytes) => joined(bytes, [0xf8, 0x06, 1]), 'PROTOBUF_UNREADABLE'],
    // Field 4 is `step`: the last of several counts.
    [
      'an integer that JSON cannot hold',
      (bytes) => joined(bytes, [0x20, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]),
      'PROTOBUF_UNREADABLE',
    ],
    ['another version', (bytes) => joined(bytes, [0x0a, 5, ...Buffer.from('1.1.0')]), 'VERSION_UNSUPPORTED'],
    ['nothing at all', () => new Uint8Array(), 'VERSION_UNSUPPORTED'],
    ['more than a payload may have', () => new Uint8Array(1_048_577), 'INPUT_TOO_LARGE'],
  ])('%s', async (_, change, code) => {
    const bytes = change(toProtobuf('envelope', await envelope()));
    expect(() => fromProtobuf('envelope', bytes)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test.each<[string, JsonObject]>([
    ['no number', { numberValue: Number.NaN }],
    ['a value of no kind', {}],
  ])('%s among facts', async (_, odd) => {
    const type = protobufType('envelope');
    const plain = type.decode(toProtobuf('envelope', await envelope())) as unknown as {
      memory: { facts: { fields: Record<string, unknown> } };
    };
    plain.memory.facts.fields['odd'] = odd;
    const bytes = type.encode(plain).finish();
    expect(() => fromProtobuf('envelope', bytes)).toThrow(
      expect.objectContaining({
        code: 'PROTOBUF_UNREADABLE',
        field: 'envelope.memory.facts.odd',
      }) as Error,
    );
  });
});

function nested(levels: number): JsonObject {
  return levels === 0 ? {} : { next: nested(levels - 1) };
}

function joined(bytes: Uint8Array, more: readonly number[]): Uint8Array {
  return Uint8Array.of(...bytes, ...more);
}

/** Fields that only one of the two forms has, anywhere below. */
function faultsOf(type: protobuf.Type, schema: JsonObject, path: string): readonly string[] {
  const members = membersOf(schema);
  const names = new Set([...Object.keys(type.fields), ...Object.keys(members)]);
  return [...names].flatMap((name): readonly string[] => {
    const place = `${path}.${name}`;
    const field = type.fields[name];
    const member = members[name];
    if (!field) return [`${place} is not in the .proto file`];
    if (!member) return [`${place} is not in the JSON Schema`];
    const own = field.resolve().resolvedType;
    if (!(own instanceof protobuf.Type) || own.fullName.startsWith('.google')) return [];
    const list = own.name.endsWith('List') ? own.fields['items']?.resolve().resolvedType : own;
    if (!(list instanceof protobuf.Type)) return [];
    return faultsOf(list, isJsonObject(member['items']) ? member['items'] : member, place);
  });
}

/** Members of an object, or of all its alternatives together. */
function membersOf(schema: JsonObject): Readonly<Record<string, JsonObject>> {
  const alternatives = schema['oneOf'] ?? schema['anyOf'];
  const branches = Array.isArray(alternatives) ? (alternatives as JsonObject[]) : [schema];
  return Object.assign({}, ...branches.map((one) => one['properties'] ?? {})) as Record<string, JsonObject>;
}
