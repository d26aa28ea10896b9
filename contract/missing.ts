import { z } from 'zod';
import { NEEDS_PER_AGENT } from './limits.ts';
import { textsSchema } from './texts.ts';
import { reasonSchema } from './words.ts';

const Fact = z
  .string()
  .max(100)
  .regex(/^[A-Za-z_][\w.-]*$/, 'the name of a fact: letters, digits, dots, hyphens and underscores');

const Missing = z.strictObject({
  /** Name of the fact. */
  fact: Fact,
  /** Why it is needed, in words for the user. */
  why: reasonSchema().min(1),
  /** What the user is asked for it, where the message around it does not say so. */
  question: reasonSchema().min(1).optional(),
});
/** A fact that work waits for, as the user is shown it (U13). */
export type MissingFact = z.output<typeof Missing>;

const AllMissing = z
  .array(Missing)
  .min(1)
  .max(NEEDS_PER_AGENT)
  .refine(
    (missing) => new Set(missing.map((one) => one.fact)).size === missing.length,
    'every missing fact is named once',
  );

const Need = z.object({ question: textsSchema(), why: textsSchema() });
/** What an agent asks the user before it works, as its manifest has it: by language. */
export type Need = z.output<typeof Need>;

const Needs = z
  .record(Fact, Need)
  .refine(
    (needs) => Object.keys(needs).length <= NEEDS_PER_AGENT,
    `at most ${String(NEEDS_PER_AGENT)} needs`,
  );

/** The schema of everything that one answer names as missing, each fact once. */
export function missingFactsSchema(): typeof AllMissing {
  return AllMissing;
}

/** The schema of what an agent needs, by names of facts. */
export function needsSchema(): typeof Needs {
  return Needs;
}
