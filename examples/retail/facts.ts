import { z } from 'zod';

const progress = {
  /** Script that the case plays. */
  script: z.string().min(1).max(200),
  /** Number of steps of it that are behind. */
  cursor: z.int().nonnegative(),
  /** Orders looked up so far. */
  orders: z.array(z.string().max(100)).max(500).optional(),
  /** What the shop has changed so far, as tool and record. */
  changes: z.array(z.string().max(300)).max(500).optional(),
  /** Calls that the shop refused, by step. */
  refusals: z
    .array(z.object({ step: z.string().max(200), why: z.string().max(2_000) }))
    .max(500)
    .optional(),
};
const identity = {
  /** The customer this conversation serves. */
  userId: z.string().min(1).max(100),
  /** How the identity was verified. */
  verifiedBy: z.enum(['email', 'name-zip']),
};

const OpeningFacts = z.object({ ...progress, ...z.object(identity).partial().shape });
/** What identification may know: whatever the opener knows. */
export type OpeningFacts = z.output<typeof OpeningFacts>;

const VerifiedFacts = z.object({ ...progress, ...identity });
/** What the other specialists may know. Without a verified identity they take no case. */
export type VerifiedFacts = z.output<typeof VerifiedFacts>;

/** What crosses into identification. */
export function openingFacts(): typeof OpeningFacts {
  return OpeningFacts;
}

/** What crosses into every other specialist. */
export function verifiedFacts(): typeof VerifiedFacts {
  return VerifiedFacts;
}
