import type { JsonValue } from './json.ts';
import { hasLoneSurrogate } from './text.ts';

/**
 * The canonical form of a JSON value after RFC 8785: keys sorted by UTF-16 code units, ECMAScript numbers and
 * strings, no white space. Two equal values have one text, so digests and keys can be compared anywhere.
 * Properties with the value `undefined` are left out, as on the wire.
 * @throws TypeError for what JSON cannot say: NaN, infinities, lone surrogates, functions, dates, maps, cycles.
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

/** @param path the objects around a value; the same list while a whole value is written */
function write(value: unknown, path: object[]): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no number ${String(value)}`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object': {
      if (value === null) return 'null';
      if (path.includes(value)) throw new TypeError('canonical JSON has no cycles');
      path.push(value);
      const text = Array.isArray(value) ? writeList(value, path) : writeObject(value, path);
      path.pop();
      return text;
    }
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function writeList(list: readonly unknown[], path: object[]): string {
  let text = '';
  // By index, for a hole in a list is null as well.
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index];
    text += `${index === 0 ? '' : ','}${item === undefined ? 'null' : write(item, path)}`;
  }
  return `[${text}]`;
}

function writeObject(value: object, path: object[]): string {
  // A date, map or set would be written as an empty object, and all of them would have one digest.
  if (Object.prototype.toString.call(value) !== '[object Object]')
    throw new TypeError('canonical JSON has plain objects and lists only');
  let text = '';
  for (const name of sortedNames(value)) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${writeString(name)}:${write(member, path)}`;
  }
  return `{${text}}`;
}

/** The names of an object by UTF-16 code units. Many come in order, and to see so is quicker than to sort them. */
function sortedNames(value: object): readonly string[] {
  const names = Object.keys(value);
  // Without a comparison of its own, sort compares by UTF-16 code units, as `<` does.
  return names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name) ? names : names.sort();
}

/** Printable ASCII without quote and backslash: what JSON writes as it is, which is nearly all that rows are made of. */
const AS_IT_IS = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function writeString(text: string): string {
  if (AS_IT_IS.test(text)) return `"${text}"`;
  // A surrogate without its partner has no UTF-8 form, so it could not survive any wire (RFC 8785, 3.2.2.2).
  if (hasLoneSurrogate(text)) throw new TypeError('canonical JSON has no lone surrogates');
  return JSON.stringify(text);
}

/** A deep copy that has passed through JSON: what a receiver on the other side of the wire would see. */
export function throughJson<Value extends JsonValue>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

/** A shape of the contract as the plain JSON it is on the wire: for payloads that are kept rather than read. */
export function jsonOf(shape: object): JsonValue {
  return JSON.parse(JSON.stringify(shape)) as JsonValue;
}
