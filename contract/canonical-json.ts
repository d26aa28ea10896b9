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

function write(value: unknown, path: readonly object[]): string {
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
      const inner = [...path, value];
      if (Array.isArray(value)) {
        return `[${Array.from(value, (item: unknown) => (item === undefined ? 'null' : write(item, inner))).join(',')}]`;
      }
      // A date, map or set would be written as an empty object, and all of them would have one digest.
      if (Object.prototype.toString.call(value) !== '[object Object]')
        throw new TypeError('canonical JSON has plain objects and lists only');
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
        .map(([name, member]) => `${writeString(name)}:${write(member, inner)}`);
      return `{${members.join(',')}}`;
    }
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      throw new TypeError(`canonical JSON has no ${typeof value}`);
  }
}

function writeString(text: string): string {
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
