import { z } from 'zod';
import type { WorkElsewhere } from './envelope.ts';
import type { PersonalDataKind } from './personal-data.ts';
import { personalDataKinds } from './personal-data.ts';
import { edgeBehind } from './edges.ts';
import type { TeamManifest } from './team.ts';

const Kind = z.enum(personalDataKinds());
const Kinds = z.array(Kind).min(1).max(50);
const Wall = z.object({
  /** Sequence of the last message before the wall; -1 where it begins with the case. */
  after: z.int().min(-1),
  /** Sequence of the last message behind it. */
  through: z.int().min(0),
  kinds: Kinds,
});

/**
 * A part of a case that its owner sees only as redacted: what was said and known before the case crossed an edge
 * that redacts. What is said to the owner itself stands after it.
 */
export type Wall = z.output<typeof Wall>;

/** One field that was masked at an edge: where, what, how often. Never a value. */
export type Masked = {
  /** Dotted path, such as `facts.customer.phone`, `explanation` or `summary.inputs.0`. */
  readonly field: string;
  readonly kind: PersonalDataKind;
  readonly count: number;
};

/** Schema of the kinds that an edge masks. */
export function redactedKindsSchema(): typeof Kinds {
  return Kinds;
}

/** Schema of a wall. */
export function wallSchema(): typeof Wall {
  return Wall;
}

type Edges = Pick<TeamManifest, 'edges'>;

/**
 * Kinds that are masked on the way from one owner to another; empty where nothing is. A return without an edge of
 * its own is redacted as the edge it goes back along: a wall has two sides.
 */
export function kindsRedactedBetween(
  manifest: Edges,
  from: string,
  to: string,
  verb: 'transfer' | 'return',
): readonly PersonalDataKind[] {
  return edgeBehind(manifest, from, to, verb)?.redact ?? [];
}

/** Kinds that any edge of the team masks. */
export function kindsRedactedAnywhere(manifest: Edges): readonly PersonalDataKind[] {
  return personalDataKinds().filter((kind) => manifest.edges.some((edge) => edge.redact?.includes(kind)));
}

/** Kinds that walls mask in a message; sequence 0 stands for what the case was opened with. */
export function kindsWalledOff(
  walls: readonly Wall[] | undefined,
  sequence: number,
): readonly PersonalDataKind[] {
  const standing = (walls ?? []).filter((wall) => wall.after < sequence && sequence <= wall.through);
  return personalDataKinds().filter((kind) => standing.some((wall) => wall.kinds.includes(kind)));
}

/** What another house did, with something else in the place of each reason. */
export function withReasons<Work extends WorkElsewhere>(
  work: Work,
  change: (reason: string) => string,
): Work {
  const provenance = work.provenance.map((entry) =>
    entry.reason === undefined ? entry : { ...entry, reason: change(entry.reason) },
  );
  return { ...work, provenance };
}

/** Whether a whole value is what a mask leaves: `****3210`, `p***@example.com`, `HDFC***`. */
export function isMask(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^(?:\*{4}[A-Za-z0-9]{0,4}|[\p{L}\p{N}]?\p{M}*\*{3}(?:@\S*)?|[A-Za-z]{4}\*{3})$/u.test(value)
  );
}
