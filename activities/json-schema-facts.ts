import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { getOwn, isJsonObject } from '../contract/json.ts';

/** Issues that one refusal names. */
const NAMED = 10;

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
  const validate = compile(schema);
  const facts = z.unknown().superRefine((value, context) => {
    if (validate(value)) return;
    for (const { instancePath, message = 'does not fit' } of (validate.errors ?? []).slice(0, NAMED)) {
      const path = instancePath.split('/').slice(1);
      context.addIssue({
        code: 'custom',
        path: path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
        message,
      });
    }
  });
  const known = z.lazy(() => facts);
  // Zod asks a schema that knows its own JSON Schema for it; a copy, for it finishes what it gets.
  known._zod.toJSONSchema = () => structuredClone(schema);
  return known as unknown as z.ZodType<Facts>;
}

function compile(schema: JsonObject): ValidateFunction {
  const validator = validatorFor(schema['$schema']);
  try {
    return validator.compile(schema);
  } catch (thrown) {
    throw invalid(thrown instanceof Error ? thrown.message : String(thrown), 'accepts');
  }
}

function validatorFor(draft: JsonValue | undefined): Pick<Ajv, 'compile'> {
  // Not strict: domains have words of their own, and `pii` is one of ours.
  const options = { strict: false, allErrors: true } as const;
  const known: Readonly<Record<string, () => Pick<Ajv, 'compile'>>> = {
    '2020-12': () => formats.default(new Ajv2020(options)),
    '2019-09': () => formats.default(new Ajv2019(options)),
    '07': () => formats.default(new Ajv(options)),
  };
  const name =
    draft === undefined
      ? '2020-12'
      : /\/draft[/-]([\d-]+)\/schema#?$/.exec(typeof draft === 'string' ? draft : '')?.[1];
  const make = name === undefined ? undefined : getOwn(known, name);
  if (make) return make();
  throw invalid(`$schema ${JSON.stringify(draft)}; drafts 2020-12, 2019-09 and 07 are known`, '$schema');
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
