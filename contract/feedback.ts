import { z } from 'zod';
import type { CaseOutcome } from './case.ts';
import { REASON_CHARACTERS } from './limits.ts';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';

const Give = z.strictObject({
  /** 1, not at all satisfied, to 5, wholly. */
  rating: z.int().min(1).max(5),
  /** In the user's own words. */
  text: z.string().min(1).max(REASON_CHARACTERS).optional(),
});
/** What a user says of a case once it is over. */
export type GiveFeedback = z.output<typeof Give>;

/** Validates a user's feedback. Failures: `INPUT_INVALID`. */
export function parseGiveFeedback(value: unknown): Parsed<GiveFeedback> {
  return parseWith(Give, value, 'feedback');
}
/** Schema of a user's feedback, for doors. */
export function giveFeedbackSchema(): typeof Give {
  return Give;
}

/** A user's feedback as it is kept: beside the case, with the way that the case took (U8). */
export interface Feedback extends GiveFeedback {
  readonly version: '1.0.0';
  /** ISO 8601. */
  readonly at: string;
  readonly team: string;
  /** Owners of the case, in order. */
  readonly path: readonly string[];
  readonly hops: number;
  readonly outcome: CaseOutcome['kind'];
}

/** Where it is kept in the context of its case. There is one, and it is never changed. */
export const FEEDBACK_KEY = 'feedback';
