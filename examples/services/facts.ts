import { z } from 'zod';
import type { Service } from './schema.ts';
import { slotValueSchema } from './slot-value.ts';
import type { PassThrough } from './routes.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Where a case stands in its dialogue. */
export interface Place {
  /** Message that is being answered. */
  readonly turn: number;
  /** How many handoffs it has taken so far. */
  readonly hop: number;
}

/** Facts that every service takes: which dialogue this is, and where it stands. */
export interface ServiceFacts extends Record<string, unknown> {
  readonly dialogue: string;
  readonly place?: Place | undefined;
}

/**
 * What may cross into a service: its own slots as given to it, and the facts of others that it lets through because
 * a later service needs them. Everything else is cut at its edge (I6).
 */
export function acceptedFacts(
  service: Service,
  passing: readonly PassThrough[],
  vocabulary: Vocabulary,
): z.ZodType<ServiceFacts> {
  const own = service.slots.map((slot) => vocabulary.given(service.service_name, slot.name));
  const others = passing
    .filter((one) => one.service === service.service_name)
    .map(({ source }) => vocabulary.passed(source.service, source.slot));
  const names = [...own, ...others].filter((name) => name !== undefined);
  return z.object({
    dialogue: z.string().min(1).max(200),
    place: z.object({ turn: z.int().nonnegative(), hop: z.int().nonnegative() }).optional(),
    ...Object.fromEntries(names.map((name) => [name, slotValueSchema().optional()])),
  });
}
