import protobuf from 'protobufjs';
import { BatonError, failure, type FailureCode } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { isJsonObject } from '../contract/json.ts';
import { JSON_DEPTH, PAYLOAD_BYTES } from '../contract/limits.ts';
import { findPrototypeName, parseWith } from '../contract/parse.ts';
import { refuseVersion } from '../contract/versions.ts';
import { protoText } from './proto-text.ts';
import { shapeNamed } from './published.ts';

/** Shapes that have a Protobuf form, each with its message. Manifests and policies are files and stay JSON. */
const MESSAGES = {
  envelope: 'Envelope',
  'agent-turn': 'AgentTurn',
  'case-input': 'CaseInput',
  'context-reference': 'ContextReference',
  review: 'Review',
  decision: 'Decision',
  'ledger-row': 'LedgerRow',
  'message-say': 'Say',
  'message-ask-for-human': 'AskForHuman',
  'message-claim': 'Claim',
  'message-reply': 'PersonReply',
  'message-give-back': 'GiveBack',
  'message-resolve': 'Resolve',
  'message-redrive': 'Redrive',
  'message-discard': 'Discard',
  'message-unmask': 'Unmask',
  'message-accepted': 'Acknowledgement',
} as const;

/** A shape of the contract that has a Protobuf form. */
export type ProtobufShape = keyof typeof MESSAGES;

/** Names of the shapes that have a Protobuf form, with the message of each. */
export function protobufMessages(): typeof MESSAGES {
  return MESSAGES;
}

/** Most readers of Protobuf stop at 100 messages within each other; a level of JSON is up to three. */
const DEPTH = 30;

let loaded: protobuf.Root | undefined;

/** The messages of the contract, as protobufjs reads them. */
function messages(): protobuf.Root {
  if (loaded) return loaded;
  const root = new protobuf.Root();
  const struct = protobuf.common.get('google/protobuf/struct.proto');
  if (struct?.nested) root.addJSON(struct.nested);
  protobuf.parse(protoText(), root);
  root.resolveAll();
  loaded = root;
  return root;
}

/** The message of a shape, for whoever wants to look at its fields. */
export function protobufType(shape: ProtobufShape): protobuf.Type {
  return messages().lookupType(`baton.v1.${MESSAGES[shape]}`);
}

/**
 * A shape of the contract as Protobuf. Lossless: {@link fromProtobuf} answers a value with the same canonical JSON,
 * defaults filled in.
 * @throws BatonError `VERSION_UNSUPPORTED`, `INPUT_INVALID` or `INPUT_TOO_LARGE` for what is not the shape, and
 * `PROTOBUF_UNFIT` for fields that the contract does not name and for values nested deeper than readers go
 */
export function toProtobuf(shape: ProtobufShape, value: unknown): Uint8Array {
  const valid = validated(shape, value);
  const prototype = findPrototypeName(value, shape);
  if (prototype !== undefined)
    throw new BatonError(failure('PROTOBUF_UNFIT', `${prototype}: a name that cannot be kept`, prototype));
  const type = protobufType(shape);
  // What was sent rather than what validation left of it: a field that nobody named would be lost unseen.
  toMessage(type, value as JsonValue, shape, 0);
  return type.encode(toMessage(type, valid, shape, 0)).finish();
}

/**
 * Reads a shape of the contract from Protobuf and validates it as if it had come as JSON.
 * @throws BatonError `PROTOBUF_UNREADABLE` for bytes that are not the message, and for fields that this version of
 * the contract does not know; `VERSION_UNSUPPORTED`, `INPUT_INVALID`, `INPUT_TOO_LARGE` as for JSON
 */
export function fromProtobuf(shape: ProtobufShape, bytes: Uint8Array): JsonObject {
  if (bytes.length > PAYLOAD_BYTES) {
    const detail = `${shape} has ${String(bytes.length)} bytes, the limit is ${String(PAYLOAD_BYTES)}`;
    throw new BatonError(failure('INPUT_TOO_LARGE', detail, shape));
  }
  const type = protobufType(shape);
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  let message: protobuf.Message;
  try {
    message = type.decode(reader);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('PROTOBUF_UNREADABLE', `${shape}: ${reason}`, shape), { cause: thrown });
  }
  // A newer writer says so in its version, which is a better answer than the first field that is unknown.
  if (type.fields['version']?.type === 'string') {
    const refused = refuseVersion(message, shape);
    if (refused) throw new BatonError(refused);
  }
  const value = fromMessage(type, message as unknown as Fields, shape);
  const prototype = findPrototypeName(value, shape);
  if (prototype !== undefined)
    throw new BatonError(
      failure('PROTOBUF_UNREADABLE', `${prototype}: a name that cannot be kept`, prototype),
    );
  return validated(shape, value);
}

/** What a shape is once it is validated. A version that cannot be read is a better answer than the field it changed. */
function validated(shape: ProtobufShape, value: unknown): JsonObject {
  if (protobufType(shape).fields['version']?.type === 'string') {
    const refused = refuseVersion(value, shape);
    if (refused) throw new BatonError(refused);
  }
  const parsed = parseWith(shapeNamed(shape), value, shape, { bytes: PAYLOAD_BYTES, depth: 2 * JSON_DEPTH });
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return parsed.value as JsonObject;
}

type Fields = Readonly<Record<string, unknown>>;

function toMessage(type: protobuf.Type, value: JsonValue, path: string, depth: number): Fields {
  if (depth > DEPTH) throw unfit(path, 'nested too deeply');
  const own = listOf(type);
  if (own) return { items: Array.isArray(value) ? itemsOf(own, value, path, depth) : value };
  if (!isJsonObject(value)) throw unfit(path, 'an object was expected');
  const made: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const place = `${path}.${name}`;
    if (!field) throw unfit(place, 'a field that the contract does not name');
    made[name] = field.repeated
      ? itemsOf(field, member as readonly JsonValue[], place, depth)
      : toField(field, member, place, depth);
  }
  return made;
}

function itemsOf(field: protobuf.Field, list: readonly JsonValue[], path: string, depth: number): unknown[] {
  return list.map((item, index) => toField(field, item, `${path}.${String(index)}`, depth));
}

function toField(field: protobuf.Field, value: JsonValue, path: string, depth: number): unknown {
  const type = field.resolve().resolvedType;
  if (!(type instanceof protobuf.Type)) return value;
  switch (type.fullName) {
    case '.google.protobuf.Struct':
      return toStruct(value as JsonObject, path, depth + 1);
    case '.google.protobuf.Value':
      return toValue(value, path, depth + 1);
    default:
      return toMessage(type, value, path, depth + 1);
  }
}

function toStruct(value: JsonObject, path: string, depth: number): Fields {
  const fields = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [[name, toValue(member, `${path}.${name}`, depth)] as const],
  );
  return { fields: Object.fromEntries(fields) };
}

function toValue(value: JsonValue, path: string, depth: number): Fields {
  if (depth > DEPTH) throw unfit(path, 'nested too deeply');
  if (value === null) return { nullValue: 0 };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (isJsonObject(value)) return { structValue: toStruct(value, path, depth + 1) };
  const values = value.map((item, index) => toValue(item, `${path}.${String(index)}`, depth + 1));
  return { listValue: { values } };
}

function fromMessage(type: protobuf.Type, message: Fields, path: string): JsonValue {
  refuseUnknown(message, path);
  const own = listOf(type);
  if (own) return (message['items'] as readonly unknown[]).map((item) => fromField(own, item, path));
  const made: [string, JsonValue][] = [];
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    const place = `${path}.${field.name}`;
    if (field.repeated)
      made.push([field.name, (value as readonly unknown[]).map((item) => fromField(field, item, place))]);
    // What is not there is absent, but for plain scalars, which have their default.
    else if (Object.hasOwn(message, field.name) || !hasPresence(field))
      made.push([field.name, fromField(field, value, place)]);
  }
  return Object.fromEntries(made);
}

function fromField(field: protobuf.Field, value: unknown, path: string): JsonValue {
  const type = field.resolve().resolvedType;
  if (type instanceof protobuf.Type) {
    switch (type.fullName) {
      case '.google.protobuf.Struct':
        return fromStruct(value as Fields, path);
      case '.google.protobuf.Value':
        return fromValue(value as Fields, path);
      default:
        return fromMessage(type, value as Fields, path);
    }
  }
  return field.type === 'int64' ? wholeNumber(value, path) : (value as JsonValue);
}

function fromStruct(message: Fields, path: string): JsonObject {
  refuseUnknown(message, path);
  const fields = Object.entries(message['fields'] as Fields);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, fromValue(value as Fields, `${path}.${name}`)]),
  );
}

function fromValue(message: Fields, path: string): JsonValue {
  refuseUnknown(message, path);
  if (Object.hasOwn(message, 'structValue')) return fromStruct(message['structValue'] as Fields, path);
  if (Object.hasOwn(message, 'listValue')) {
    const list = message['listValue'] as Fields;
    refuseUnknown(list, path);
    return (list['values'] as readonly Fields[]).map((item, index) =>
      fromValue(item, `${path}.${String(index)}`),
    );
  }
  if (Object.hasOwn(message, 'nullValue')) return null;
  for (const kind of ['stringValue', 'boolValue', 'numberValue']) {
    if (!Object.hasOwn(message, kind)) continue;
    const value = message[kind];
    if (typeof value === 'number' && !Number.isFinite(value))
      throw unreadable(path, `JSON has no number ${String(value)}`);
    return value as JsonValue;
  }
  throw unreadable(path, 'a value of no kind');
}

/** An integer, where a number of JSON can hold it: beyond 2^53 neighbours become equal. */
function wholeNumber(value: unknown, path: string): number {
  // A 64-bit integer is an object that reads as its digits.
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw unreadable(path, 'an integer beyond 2^53, which JSON cannot hold');
  return number;
}

function hasPresence(field: protobuf.Field): boolean {
  // protobufjs says no for messages, which every reader can tell from none.
  return field.hasPresence || field.resolve().resolvedType instanceof protobuf.Type;
}

/** The list that a message stands for, where it is nothing else. */
function listOf(type: protobuf.Type): protobuf.Field | undefined {
  return type.name.endsWith('List') ? type.fields['items'] : undefined;
}

function refuseUnknown(message: Fields, path: string): void {
  const unknowns = Object.hasOwn(message, '$unknowns') ? message['$unknowns'] : undefined;
  if (!Array.isArray(unknowns)) return;
  const [first] = unknowns as readonly Uint8Array[];
  const number = first ? protobuf.Reader.create(first).uint32() >>> 3 : 0;
  throw unreadable(path, `field ${String(number)} is not of this version of the contract`);
}

function unfit(path: string, detail: string): BatonError {
  return refusal('PROTOBUF_UNFIT', path, detail);
}

function unreadable(path: string, detail: string): BatonError {
  return refusal('PROTOBUF_UNREADABLE', path, detail);
}

function refusal(code: FailureCode, path: string, detail: string): BatonError {
  return new BatonError(failure(code, `${path}: ${detail}`, path));
}
