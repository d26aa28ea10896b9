import { z } from 'zod';
import { MESSAGE_BYTES } from './limits.ts';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';
import { idSchema, nameSchema, reasonSchema } from './words.ts';

const Release = z.object({ by: idSchema(), note: reasonSchema().optional() });
const Reassign = z.object({ by: idSchema(), to: idSchema(), reason: reasonSchema().min(1) });
const TakeOver = z.object({
  by: idSchema(),
  /** Pool in whose name; the first of the team that the person belongs to when absent. */
  pool: nameSchema().optional(),
  reason: reasonSchema().min(1),
});
const Whisper = z.object({ by: idSchema(), note: reasonSchema().min(1) });

/** Whoever holds a case lets go of it: it is the pool's again. */
export type Release = z.output<typeof Release>;
/** A case is put into somebody else's hands. */
export type Reassign = z.output<typeof Reassign>;
/** A person takes a case, whoever has it: an agent, nobody of the pool, or other people (U14). */
export type TakeOver = z.output<typeof TakeOver>;
/** A person's word to whoever works on a case; its user never sees it. */
export type Whisper = z.output<typeof Whisper>;

/** Validates a release. */
export function parseRelease(value: unknown): Parsed<Release> {
  return parseWith(Release, value, 'release', { bytes: MESSAGE_BYTES });
}
/** Validates a reassignment. */
export function parseReassign(value: unknown): Parsed<Reassign> {
  return parseWith(Reassign, value, 'reassign', { bytes: MESSAGE_BYTES });
}
/** Validates a taking over. */
export function parseTakeOver(value: unknown): Parsed<TakeOver> {
  return parseWith(TakeOver, value, 'takeOver', { bytes: MESSAGE_BYTES });
}
/** Validates a whisper. */
export function parseWhisper(value: unknown): Parsed<Whisper> {
  return parseWith(Whisper, value, 'whisper', { bytes: MESSAGE_BYTES });
}
