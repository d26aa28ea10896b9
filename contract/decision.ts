import { z } from 'zod';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';
import { CALL_BYTES, REASON_CHARACTERS } from './limits.ts';
import { signedSchema } from './proof.ts';
import { digestSchema, factsSchema, idSchema, instantSchema, reasonSchema } from './words.ts';

const Decision = z.object({
  reviewId: idSchema(),
  /** The digest that was shown. Another one means that the content has changed since. */
  digest: digestSchema(),
  /**
   * `edit` approves with other arguments, those in `edits`; `ask` asks the user for what is in `reason`, `ask-agent`
   * the agent that wants the review, and the review stays open; `withdraw` takes an approval back that is not released
   * yet.
   */
  decision: z.enum(['approve', 'reject', 'edit', 'ask', 'ask-agent', 'withdraw']),
  /** All arguments of the call as they shall be; with `edit` alone. */
  edits: factsSchema().optional(),
  /** Who decides: asserted by the sender, checked against the pool's members. */
  by: idSchema(),
  reason: reasonSchema().min(1),
  /** When the door showed the review to them, as it says: figures tell how long decisions take. */
  shownAt: instantSchema().optional(),
  /** A door's word that it is this person; without it, who decides is asserted. */
  signed: signedSchema().optional(),
});
/** A person's answer to a review. */
export type Decision = z.output<typeof Decision>;

/** What a person says, without a door's word for it and when it showed the review. */
export function unsigned({
  reviewId,
  digest,
  decision,
  edits,
  by,
  reason,
}: Decision): Omit<Decision, 'signed'> {
  return { reviewId, digest, decision, ...(edits ? { edits } : {}), by, reason };
}

/** Validates a decision at any door. Failures: `INPUT_INVALID`, `INPUT_TOO_LARGE`. */
export function parseDecision(value: unknown): Parsed<Decision> {
  return parseWith(Decision, value, 'decision', { bytes: 4 * REASON_CHARACTERS + 10_000 + CALL_BYTES });
}
/** The decision's schema, for JSON Schema outside the sandbox. */
export function decisionSchema(): typeof Decision {
  return Decision;
}
