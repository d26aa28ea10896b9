import { z } from 'zod';
import type { FailureCode } from '../../contract/failures.ts';
import type { JsonObject, JsonValue } from '../../contract/json.ts';

/**
 * What the service answers, as schemas for the OpenAPI document. Handlers are typed by them, so that an answer of the
 * client that stops fitting does not compile; answers are not checked again at run time.
 */
/** Any JSON. */
export const json = z.custom<JsonValue>(() => true);
/** An object by names. */
export const facts = z.custom<JsonObject>(() => true).meta({ type: 'object' });
/** ISO 8601 in UTC. */
export const instant = z.string().meta({ format: 'date-time' });

/** A list that nobody changes. */
export function list<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item).readonly();
}

/** A fact that a case waits for its user to tell. */
export const MissingFact = z
  .object({ fact: z.string(), why: z.string(), question: z.string().optional() })
  .meta({ id: 'MissingFact' });

/** A failure as cases record it. */
export const Failure = z
  .object({
    code: z.custom<FailureCode>(() => true).meta({ type: 'string' }),
    message: z.string(),
    field: z.string().optional(),
  })
  .meta({ id: 'Failure' });
