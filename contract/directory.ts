import { z } from 'zod';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';
import { PAYLOAD_BYTES } from './limits.ts';
import type { StaffingManifest } from './team.ts';
import { idSchema } from './words.ts';

const instant = z.iso.datetime();
const role = z.string().min(1).max(100);

const Person = z.object({
  roles: z.array(role).max(100),
  /** Until when this person belongs to the pool; for good when absent. */
  until: instant.optional(),
  /** Others whose authority this person has for a while. */
  actsFor: z
    .array(
      z.object({
        person: idSchema(),
        roles: z.array(role).max(100),
        from: instant,
        until: instant,
      }),
    )
    .max(100)
    .optional(),
  /** Only by acting for others: without that, not of the pool at all. */
  deputy: z.literal(true).optional(),
});
/** Somebody of a pool, as a directory knows them at an instant. */
export type DirectoryPerson = z.output<typeof Person>;

const Answer = z.object({
  people: z.record(idSchema(), Person),
  /** Whether the pool works at the instant of the question. */
  open: z.boolean(),
  /** When it opens next, where it does not. */
  opensAt: instant.optional(),
  /** The instants at which the intervals asked for have passed in working time, in their order. */
  instants: z.array(instant).max(100),
  /** Who should see to it first: whoever had the case last, else the least busy of those at work. */
  assigned: idSchema().optional(),
});
/** What a directory answers. */
export type DirectoryAnswer = z.output<typeof Answer>;

/** Why a directory is asked: a review or case is new to the pool, people are reminded, a dead letter waits, somebody takes a case. */
export type DirectoryOccasion =
  | { readonly kind: 'review-opened' | 'review-due'; readonly reviewId: string }
  | { readonly kind: 'case-arrived' | 'case-due' | 'dead-letter' | 'claim' };

/** What a directory of people is asked. */
export interface DirectoryQuestion {
  readonly caseId: string;
  readonly team: string;
  readonly pool: string;
  readonly staffing: StaffingManifest;
  readonly occasion: DirectoryOccasion;
  /** Instant of the question, workflow time. */
  readonly at: string;
  /** When the intervals begin. */
  readonly from: string;
  /** Milliseconds of working time. */
  readonly intervals: readonly number[];
  /** BCP 47 tag of the user's language, where it is known. */
  readonly language?: string;
  /** Who had this case last. */
  readonly last?: string;
}

/**
 * People by pool, as they are at an instant: what a case keeps of a directory. Somebody who is not in it can neither
 * decide nor claim, so that whoever has left cannot.
 */
export interface DirectorySnapshot extends Pick<DirectoryAnswer, 'people' | 'open' | 'opensAt'> {
  readonly at: string;
}

/** Validates what a directory answered. Failures: `DIRECTORY_INVALID`, `INPUT_TOO_LARGE`. */
export function parseDirectoryAnswer(value: unknown): Parsed<DirectoryAnswer> {
  return parseWith(Answer, value, 'directory', { bytes: PAYLOAD_BYTES / 2, code: 'DIRECTORY_INVALID' });
}
