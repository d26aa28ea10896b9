import type { BreakerAnswer, BreakerRules } from './breaker.ts';

/** How busy the pool of an agent was at an instant. */
export interface Load {
  /** When it was observed, ISO 8601. Older than {@link LOAD_MS}, it says nothing any more. */
  readonly observedAt: string;
  /** Tasks that wait on the queue, as the server estimates. */
  readonly backlog: number;
  /** Age of the oldest of them, in milliseconds. */
  readonly backlogAgeMs: number;
  /** Workers that have polled the queue within the last {@link WORKER_MS}. */
  readonly workers: number;
}

/** How long an observation of load counts, in milliseconds. */
export const LOAD_MS = 5_000;

/** A worker's poll lasts a minute at most: one that was last seen before that is gone. */
export const WORKER_MS = 70_000;

/** What was read of a receiver before it is offered a case. What could not be read is absent, and stops nothing. */
export interface Readiness {
  readonly breaker?: {
    readonly answer: BreakerAnswer;
    readonly state: 'closed' | 'open' | 'half-open';
    /** Failures that it counts. */
    readonly failures: number;
    /** From when on it may be probed, ISO 8601. */
    readonly until?: string;
  };
  readonly load?: Load;
}

/** What is made of it: why the case goes elsewhere, where it does. */
export type ReadinessVerdict = 'ready' | 'probe' | 'isolated' | 'no-worker' | 'overloaded';

/** The load, where it is still worth something. @param now milliseconds */
export function freshLoad({ load }: Readiness, now: number): Load | undefined {
  return load && Math.abs(now - Date.parse(load.observedAt)) <= LOAD_MS ? load : undefined;
}

/**
 * Whether a receiver is offered the case. An isolated agent never is; a pool that is empty or has too much to do is
 * passed over only where somebody stands in, for late is better than nobody.
 */
export function judgeReadiness(
  rules: BreakerRules,
  readiness: Readiness,
  around: { readonly now: number; readonly standIn: boolean },
): ReadinessVerdict {
  if (readiness.breaker?.answer === 'refuse') return 'isolated';
  const load = freshLoad(readiness, around.now);
  if (load && around.standIn) {
    if (load.workers === 0) return 'no-worker';
    if (rules.backlog !== undefined && load.backlog > rules.backlog) return 'overloaded';
  }
  return readiness.breaker?.answer === 'probe' ? 'probe' : 'ready';
}
