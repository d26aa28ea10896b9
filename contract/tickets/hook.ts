import { z } from 'zod';

const ExternalId = z.string().max(500).nullish();
const Hook = z.union([
  /** An event that the webhook is subscribed to. */
  z.object({ detail: z.object({ external_id: ExternalId }) }),
  /** What a trigger of one's own sends. */
  z.object({ external_id: ExternalId }),
]);

/**
 * The external id of the ticket that a hook tells of, or undefined where it names none. Nothing else of a hook counts:
 * what has happened is read from the ticket.
 */
export function externalIdOfHook(value: unknown): string | undefined {
  const parsed = Hook.safeParse(value);
  if (!parsed.success) return undefined;
  const named = 'detail' in parsed.data ? parsed.data.detail : parsed.data;
  return named.external_id ?? undefined;
}
