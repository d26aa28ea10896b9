import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { getOwn } from '../contract/json.ts';

/** Issues that one refusal names. */
const NAMED = 10;

/**
 * A JSON Schema as a zod schema: values are checked by it, and it is what manifests carry. Drafts 2020-12 (also when
 * it names none), 2019-09 and 07; words that it adds of its own are left alone.
 * @param field where the schema stands, for refusals
 * @throws BatonError `SCHEMA_INVALID` for what is no schema
 */
export function zodOfJsonSchema<Value>(schema: JsonObject, field: string): z.ZodType<Value> {
  const validate = compile(schema, field);
  const checked = z.unknown().superRefine((value, context) => {
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
  const known = z.lazy(() => checked);
  // Zod asks a schema that knows its own JSON Schema for it; a copy, for it finishes what it gets.
  known._zod.toJSONSchema = () => structuredClone(schema);
  return known as unknown as z.ZodType<Value>;
}

function compile(schema: JsonObject, field: string): ValidateFunction {
  const validator = validatorFor(schema['$schema']);
  try {
    return validator.compile(schema);
  } catch (thrown) {
    throw invalid(thrown instanceof Error ? thrown.message : String(thrown), field);
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

function invalid(detail: string, field: string): BatonError {
  return new BatonError(failure('SCHEMA_INVALID', detail, field));
}
