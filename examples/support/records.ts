import { z } from 'zod';
import type { JsonValue } from '../../contract/json.ts';
import type { RecordTransaction } from '../../contract/ports.ts';

/** A customer of the desk's company, a provider of internet lines. */
export const Customer = z.object({
  name: z.string(),
  email: z.string(),
  /** Card on file, as far as the company may show it. */
  card: z.string(),
  lineId: z.string(),
  /** Why dunning must not touch the account; absent when it may. */
  heldFor: z.string().optional(),
});

/** A charge to a customer's card. */
export const Charge = z.object({
  customerId: z.string(),
  text: z.string(),
  amountEur: z.number(),
  refundedEur: z.number(),
});

/** A customer's internet line. `partner` lines belong to another network, which this desk may not touch. */
export const Line = z.object({
  customerId: z.string(),
  status: z.enum(['ok', 'blocked', 'router-broken']),
  network: z.enum(['own', 'partner']),
  town: z.string(),
});

/** Parts in the warehouse. */
export const Stock = z.object({ available: z.int() });

/** Where technicians start in the morning. An unreachable one does not answer at all. */
export const Depot = z.object({ reachable: z.boolean(), freeSlots: z.int() });

/**
 * Reads a record in its shape.
 * @returns undefined when there is none
 */
export async function readRecord<Shape>(
  records: Pick<RecordTransaction, 'get'>,
  place: { readonly collection: string; readonly id: string; readonly shape: z.ZodType<Shape> },
): Promise<Shape | undefined> {
  const value: JsonValue | undefined = await records.get(place.collection, place.id);
  return value === undefined ? undefined : place.shape.parse(value);
}

/** Id of a new record: made from the idempotency key, so that every attempt of one call makes the same one. */
export function newId(prefix: string, key: string): string {
  return `${prefix}-${key.slice(0, 8)}`;
}
