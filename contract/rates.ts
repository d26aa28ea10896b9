import { z } from 'zod';

const Rate = z.object({
  /** So many calls, retries counted. */
  calls: z.int().positive().max(1_000),
  /** In any so many milliseconds. */
  perMs: z.int().positive().max(86_400_000),
  /** What the limit is shared under: tools that name the same one share it. The tool, within its team, when absent. */
  bucket: z.string().min(1).max(100).optional(),
});
/** How often a tool may be called, by all cases of a tenant and all workers together. */
export type ToolRate = z.output<typeof Rate>;

/** Schema of a rate, for manifests. */
export function toolRateSchema(): typeof Rate {
  return Rate;
}

/** Whose calls are counted together. */
export interface RateName {
  readonly tenant: string;
  readonly bucket: string;
}

/** What is known of a bucket. Instants are milliseconds since 1970, so that they can be computed with. */
export interface RateState {
  readonly rate: ToolRate;
  /** When the newest `calls` calls were let go, or will be: in order. */
  readonly times: readonly number[];
  /** Calls that wait for their time, by key. */
  readonly waiting: Readonly<Record<string, number>>;
}

/** A bucket in a list. */
export interface ListedRate extends RateName {
  readonly state: RateState;
}

/**
 * The rates of tools, shared by all workers. A call that comes too soon is given a time of its own, behind those that
 * came before it, and is let through when it comes again: nobody asks in vain twice, and nobody is overtaken.
 */
export interface ToolRates {
  /**
   * Asks whether a call may go. The same key is the same call.
   * @returns milliseconds to wait, 0 to go now. @throws a failure `STORE_UNAVAILABLE` (retryable)
   */
  take(name: RateName, rate: ToolRate, key: string, at: number): Promise<number>;
  /** Buckets by tenant and name. */
  list(): Promise<readonly ListedRate[]>;
  close(): Promise<void>;
}

/** How a bucket stands, for whoever looks. */
export interface RateFigures extends RateName {
  readonly rate: ToolRate;
  /** Calls let go in the window that ends now. */
  readonly inWindow: number;
  /** Calls that wait for their time. */
  readonly waiting: number;
  /** When the last of those may go. */
  readonly lastAt?: string;
}

/** @param now milliseconds since 1970 */
export function rateFigures({ tenant, bucket, state }: ListedRate, now: number): RateFigures {
  const { rate, times, waiting } = state;
  const ahead = Object.values(waiting).filter((time) => time > now);
  return {
    ...{ tenant, bucket, rate, waiting: ahead.length },
    inWindow: times.filter((time) => time <= now && time > now - rate.perMs).length,
    ...(ahead.length === 0 ? {} : { lastAt: new Date(Math.max(...ahead)).toISOString() }),
  };
}

/** A call that never came again, its case being over, is forgotten after so long. */
const FORGOTTEN_AFTER_MS = 3_600_000;

/**
 * Lets a call go, or gives it the next time at which fewer than `calls` went within `perMs`. A sliding window and not
 * buckets by the clock, which let twice as many through around their edges.
 */
export function takeSlot(
  state: RateState | undefined,
  rate: ToolRate,
  key: string,
  at: number,
): { readonly state: RateState; readonly waitMs: number } {
  const given = state?.waiting[key];
  const waiting = Object.fromEntries(
    Object.entries(state?.waiting ?? {}).filter(
      ([one, time]) => one !== key && time > at - FORGOTTEN_AFTER_MS,
    ),
  );
  const times = state?.times ?? [];
  if (given !== undefined) {
    if (given <= at) return { state: { rate, times, waiting }, waitMs: 0 };
    return { state: { rate, times, waiting: { ...waiting, [key]: given } }, waitMs: given - at };
  }
  const before = times.at(-rate.calls);
  // Never before a call that already waits, though a limit may have been raised since.
  const time = Math.max(at, before === undefined ? at : before + rate.perMs, ...times.slice(-1));
  return {
    state: {
      rate,
      times: [...times, time].slice(-rate.calls),
      waiting: time > at ? { ...waiting, [key]: time } : waiting,
    },
    waitMs: time - at,
  };
}
