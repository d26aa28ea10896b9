import { z } from 'zod';
import { nameSchema } from './words.ts';

const positive = z.int().positive();

const Widening = z
  .object({
    /** Milliseconds after the wait began. */
    afterMs: positive,
    /** Pool that is asked as well from then on; the same one when absent. */
    pool: nameSchema().optional(),
    /** Roles of which a person needs one; any member may when absent. */
    roles: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  })
  .refine(({ pool, roles }) => pool !== undefined || roles !== undefined, 'name a pool, roles or both');

const Waiting = z.object({
  /** When people are reminded, in milliseconds after the wait began. */
  reminders: z.array(positive).min(1).max(20).optional(),
  /** Who is asked next while nobody answers. Nobody who could answer before loses it. */
  escalation: z.array(Widening).min(1).max(10).optional(),
});
/** What is done while people do not answer, as a team says it: intervals (F30). */
export type Waiting = z.output<typeof Waiting>;

/** Schema of what a team says, for manifests. */
export function waitingSchema(): typeof Waiting {
  return Waiting;
}

/** One thing that is done at an instant unless somebody answers before. */
export type WaitingStep =
  | { readonly at: string; readonly do: 'remind' }
  | {
      readonly at: string;
      readonly do: 'widen';
      readonly pool: string;
      readonly roles?: readonly string[];
    };

/** What a pool's wait comes to, in the order of its instants. */
export interface WaitingPlan {
  readonly pool: string;
  readonly waiting: Waiting;
  /** When the wait began, in milliseconds. */
  readonly from: number;
  /** When it ends by itself, in milliseconds; what would come later does not. */
  readonly until?: number;
}

/** The steps of a wait at absolute instants, so that they survive continue-as-new. */
export function planWaiting({ pool, waiting, from, until = Infinity }: WaitingPlan): readonly WaitingStep[] {
  const instant = (afterMs: number): string => new Date(from + afterMs).toISOString();
  const within = (afterMs: number): boolean => from + afterMs < until;
  const steps: WaitingStep[] = [
    ...(waiting.reminders ?? [])
      .filter(within)
      .map((afterMs) => ({ at: instant(afterMs), do: 'remind' as const })),
    ...(waiting.escalation ?? [])
      .filter(({ afterMs }) => within(afterMs))
      .map((one) => ({
        at: instant(one.afterMs),
        do: 'widen' as const,
        pool: one.pool ?? pool,
        ...(one.roles ? { roles: one.roles } : {}),
      })),
  ];
  return steps.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
}

/** The steps that are due at an instant, and those to come. */
export function dueSteps(
  ahead: readonly WaitingStep[],
  now: number,
): { readonly due: readonly WaitingStep[]; readonly left: readonly WaitingStep[] } {
  const due = ahead.filter((step) => Date.parse(step.at) <= now);
  return { due, left: ahead.slice(due.length) };
}
