import { z } from 'zod';
import type { JsonObject, JsonValue } from './json.ts';

/** Whether JSON has words for a value: not for undefined, functions, infinite numbers, dates. */
function isJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return isListOfJson(value);
      return z.core.util.isPlainObject(value) && Object.values(value).every(isJson);
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      return false;
  }
}

function isListOfJson(list: readonly unknown[]): boolean {
  // One by one, for a hole in a list is undefined, and `every` passes over it.
  for (const item of list) if (!isJson(item)) return false;
  return true;
}

/** Objects lose the name `__proto__`, as they do in zod's records (F14). */
function copyOf(value: unknown): JsonValue {
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  if (Array.isArray(value)) return value.map(copyOf);
  const copy: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) if (name !== '__proto__') copy[name] = copyOf(member);
  return copy;
}

/**
 * Zod's own schema of any JSON value tries six kinds for every value in it, and is recursive: nothing that holds one
 * can be compiled (see compiled.ts). This takes and refuses the same, and gives a copy as well.
 */
const AnyJson = z
  .unknown()
  .refine(isJson, { message: 'no JSON value', abort: true })
  .overwrite(copyOf) as unknown as z.ZodType<JsonValue, JsonValue>;

/** Any JSON value, as deep as it is: whoever parses it caps depth and size before. */
export function anyJsonSchema(): typeof AnyJson {
  return AnyJson;
}

/**
 * The same as JSON Schema, for generators, which see nothing but a transformation.
 * @param place where it stands among the definitions of a document, such as `#/$defs/json`: it holds itself
 */
export function anyJsonDefinition(place: string): JsonObject {
  const itself = { $ref: place };
  return {
    anyOf: [
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'null' },
      { type: 'array', items: itself },
      { type: 'object', propertyNames: { type: 'string' }, additionalProperties: itself },
    ],
  };
}
