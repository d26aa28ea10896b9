import type { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { isJsonObject } from '../contract/json.ts';
import { zodOfJsonSchema } from './json-schema.ts';

/**
 * What an edge cannot be cut by: a field that only such a word declares would be lost on the way, or cross unseen.
 * `anyOf`, `oneOf`, `allOf` and references within the schema are understood.
 */
const UNCUTTABLE = [
  ...['patternProperties', 'dependentSchemas', 'dependencies', 'if', 'then', 'else', 'additionalItems'],
  ...['unevaluatedProperties', 'unevaluatedItems', 'contains', '$dynamicRef', '$recursiveRef'],
];

/**
 * A domain's own JSON Schema as what an agent accepts, such as a profile of a FHIR resource (H12): facts are checked
 * by it, edges are cut by it, and its `pii` tags are masked by, as if it had been written in zod. Drafts 2020-12
 * (also when it names none), 2019-09 and 07; words that it adds of its own are left alone.
 * @param schema an object schema with `properties`; references within itself only
 * @throws BatonError `SCHEMA_INVALID` for what is no schema, and for words that edges cannot be cut by
 */
export function factsOfJsonSchema<Facts extends JsonObject>(schema: JsonObject): z.ZodType<Facts> {
  if (schema['type'] !== 'object' || !isJsonObject(schema['properties']))
    throw invalid('#: facts are an object with `properties`', 'accepts');
  const odd = findUncuttable(schema, '#');
  if (odd !== undefined) throw invalid(odd, 'accepts');
  return zodOfJsonSchema<Facts>(schema, 'accepts');
}

/** Where a schema says something of fields that a cut would not see. */
function findUncuttable(schema: JsonObject, place: string): string | undefined {
  for (const [word, value] of Object.entries(schema)) {
    const here = `${place}/${word}`;
    if (UNCUTTABLE.includes(word)) return `${here}: edges cannot be cut by \`${word}\``;
    if (word === '$ref' && !(typeof value === 'string' && /^#(?:\/|$)/.test(value)))
      return `${here}: only references such as "#/$defs/name" are followed`;
    if (word === 'items' && Array.isArray(value)) return `${here}: a tuple is \`prefixItems\``;
    const found = below(word, value, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks where other schemas stand, and not among constants and examples. */
function below(word: string, value: JsonValue | undefined, place: string): string | undefined {
  const named = ['properties', '$defs', 'definitions'].includes(word) && isJsonObject(value);
  const listed = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(word) && Array.isArray(value);
  const inner: readonly (readonly [string, unknown])[] =
    named || listed
      ? Object.entries(value)
      : ['items', 'additionalProperties'].includes(word)
        ? [['', value]]
        : [];
  for (const [name, one] of inner) {
    const found = isJsonObject(one)
      ? findUncuttable(one, name === '' ? place : `${place}/${name}`)
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function invalid(detail: string, field: string): BatonError {
  return new BatonError(failure('SCHEMA_INVALID', detail, field));
}
