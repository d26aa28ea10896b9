import type { z } from 'zod';
import { compiledWhenWorthIt } from './compiled.ts';
import type { Failure, FailureCode } from './failures.ts';
import { failure } from './failures.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { isWithinBytes, jsonBytes } from './json-bytes.ts';
import { JSON_DEPTH } from './limits.ts';
import { hasLoneSurrogate } from './text.ts';

/** What a validator answers: the value in its type, or a failure that names the field and the remedy. */
export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

/** What keeps a value out of digests, ledger and wire, with its place. */
interface Unstorable {
  readonly field: string;
  readonly text: string;
}

/**
 * What nobody could keep: nesting that no recursion survives, and halves of surrogate pairs, which have no UTF-8
 * form. A digest of either throws, and a throw inside a workflow would wedge its case for ever.
 * @param depth levels that the value may still have
 */
export function findUnstorable(value: unknown, field: string, depth = JSON_DEPTH): Unstorable | undefined {
  // Nearly everything can be kept, and to see so is quicker without the places.
  return isStorable(value, depth) ? undefined : placeOfUnstorable(value, field, depth);
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !hasLoneSurrogate(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth - 1));
  return Object.keys(value).every(
    (name) => !hasLoneSurrogate(name) && isStorable((value as JsonObject)[name], depth - 1),
  );
}

function placeOfUnstorable(value: unknown, field: string, depth: number): Unstorable | undefined {
  if (typeof value === 'string')
    return hasLoneSurrogate(value) ? { field, text: 'half a surrogate pair, which is no text' } : undefined;
  if (!Array.isArray(value) && !isJsonObject(value)) return undefined;
  if (depth === 0) return { field, text: 'nested too deeply' };
  for (const [name, member] of Object.entries(value)) {
    if (hasLoneSurrogate(name)) return { field, text: 'a name with half a surrogate pair' };
    const inner = placeOfUnstorable(member, `${field}.${name}`, depth - 1);
    if (inner) return inner;
  }
  return undefined;
}

/**
 * Where a value has an own member called `__proto__`, as JSON of a model or an attacker may (F14).
 * @param value at most {@link JSON_DEPTH} levels deep
 * @returns its path, or undefined when there is none
 */
export function findPrototypeName(value: unknown, field: string): string | undefined {
  if (!Array.isArray(value) && !isJsonObject(value)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const path = `${field}.${name}`;
    const found = name === '__proto__' ? path : findPrototypeName(member, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Validates a value at a door: size first, so that nothing large is walked, then whether it can be kept, then shape.
 * @param what name of the value as its sender knows it, such as `decision`
 * @param options `bytes` caps the JSON size; `code` replaces `INPUT_INVALID`; `depth` the levels of nesting
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  options: { readonly bytes?: number; readonly code?: FailureCode; readonly depth?: number } = {},
): Parsed<z.output<Schema>> {
  if (options.bytes !== undefined && !isWithinBytes(value, options.bytes)) {
    const bytes = jsonBytes(value);
    if (bytes === Number.POSITIVE_INFINITY) {
      const detail = `${what}: JSON has no words for it, such as a circle or a big integer`;
      return { ok: false, failure: failure(options.code ?? 'INPUT_INVALID', detail, what) };
    }
    const detail = `${what} has ${String(bytes)} bytes, the limit is ${String(options.bytes)}`;
    return { ok: false, failure: failure('INPUT_TOO_LARGE', detail, what) };
  }
  const unstorable = findUnstorable(value, what, options.depth);
  if (unstorable) {
    const { field, text } = unstorable;
    return {
      ok: false,
      failure: failure(options.code ?? 'INPUT_INVALID', `${field.slice(0, 500)}: ${text}`, what),
    };
  }
  const result = compiledWhenWorthIt(schema).safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const issues = result.error.issues.slice(0, 10).map((issue) => {
    const field = [what, ...issue.path].map(String).join('.');
    return { field, text: `${field}: ${issue.message}` };
  });
  return {
    ok: false,
    failure: failure(
      options.code ?? 'INPUT_INVALID',
      issues.map((issue) => issue.text).join('; '),
      issues[0]?.field ?? what,
    ),
  };
}
