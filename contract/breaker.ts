import { z } from 'zod';

const positive = z.int().positive();

const Rules = z.object({
  /** Failures in a row, none of them answered to in between, after which the agent is isolated. */
  failures: positive.max(100),
  /** Only failures of so many milliseconds count together. */
  withinMs: positive,
  /** How long nobody is sent to it, in milliseconds; then one offer probes it. A probe that is lost ends with this, too. */
  openMs: positive,
  /** With more tasks than this waiting on its queue, the case goes to a stand-in where the edge has one. */
  backlog: z.int().min(0).optional(),
});
/** When an agent is isolated: its circuit breaker. */
export type BreakerRules = z.output<typeof Rules>;

/** Schema of the rules, for manifests. */
export function breakerRulesSchema(): typeof Rules {
  return Rules;
}

/** A failure that counts. */
export interface BreakerFailure {
  /** What failed, so that a report that comes twice counts once. */
  readonly key: string;
  readonly at: string;
  readonly caseId: string;
  /** Code of the failure catalogue. */
  readonly code: string;
}

/** The state of a breaker. All instants are ISO 8601. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: readonly BreakerFailure[] }
  | {
      readonly kind: 'open';
      readonly since: string;
      /** From when on an offer may probe. */
      readonly until: string;
      readonly failures: readonly BreakerFailure[];
    }
  | {
      readonly kind: 'half-open';
      readonly since: string;
      readonly failures: readonly BreakerFailure[];
      /** The one offer that is let through. Nobody having heard of it by `until`, the next offer is the probe. */
      readonly probe: { readonly handoff: string; readonly caseId: string; readonly until: string };
    };

/** What a breaker hears of. `at` is the clock of whoever tells it; `handoff` is the idempotency key of a handoff. */
export type BreakerEvent =
  | {
      readonly kind: 'asked';
      readonly at: string;
      readonly handoff: string;
      readonly caseId: string;
      readonly rules: BreakerRules;
    }
  | {
      readonly kind: 'failed';
      readonly at: string;
      readonly key: string;
      /** The handoff whose first turn it was. */
      readonly handoff?: string;
      readonly caseId: string;
      readonly code: string;
      readonly rules: BreakerRules;
    }
  | { readonly kind: 'answered'; readonly at: string; readonly handoff?: string }
  | { readonly kind: 'reset'; readonly at: string };

/** What a breaker answers: `pass`, `probe` (pass, and everybody waits for what comes of it), or `refuse`. */
export type BreakerAnswer = 'pass' | 'probe' | 'refuse';

/** The next state of a breaker, and its answer to whoever asks. */
export interface BreakerMove {
  readonly state: BreakerState;
  readonly answer: BreakerAnswer;
}

/** A breaker of which nothing is known. */
export function closedBreaker(): BreakerState {
  return { kind: 'closed', failures: [] };
}

/**
 * The circuit breaker as a pure state machine, after M. Nygard's pattern: closed until failures come in a row, open
 * for a while, half-open while one probe decides. The same state object is given back where nothing changes.
 */
export function moveBreaker(state: BreakerState, event: BreakerEvent): BreakerMove {
  switch (event.kind) {
    case 'asked':
      return asked(state, event);
    case 'failed':
      return { state: failed(state, event), answer: 'pass' };
    case 'answered':
      return { state: answered(state, event.handoff), answer: 'pass' };
    case 'reset':
      return { state: isClean(state) ? state : closedBreaker(), answer: 'pass' };
  }
}

function asked(state: BreakerState, event: Extract<BreakerEvent, { kind: 'asked' }>): BreakerMove {
  const { at, handoff, caseId, rules } = event;
  const probe = (): BreakerMove => ({
    state: {
      kind: 'half-open',
      since: at,
      failures: state.failures,
      probe: { handoff, caseId, until: after(at, rules.openMs) },
    },
    answer: 'probe',
  });
  switch (state.kind) {
    case 'closed':
      return { state, answer: 'pass' };
    case 'open':
      return isBefore(at, state.until) ? { state, answer: 'refuse' } : probe();
    case 'half-open':
      // The activity that asked may ask again; anybody else waits, unless the probe was lost.
      if (state.probe.handoff === handoff) return { state, answer: 'probe' };
      return isBefore(at, state.probe.until) ? { state, answer: 'refuse' } : probe();
  }
}

function failed(state: BreakerState, event: Extract<BreakerEvent, { kind: 'failed' }>): BreakerState {
  const { at, key, caseId, code, rules } = event;
  if (state.failures.some((one) => one.key === key)) return state;
  switch (state.kind) {
    case 'closed': {
      const oldest = Date.parse(at) - rules.withinMs;
      const recent = state.failures.filter((one) => Date.parse(one.at) > oldest);
      const failures = [...recent, { key, at, caseId, code }].slice(-rules.failures);
      return failures.length < rules.failures
        ? { kind: 'closed', failures }
        : { kind: 'open', since: at, until: after(at, rules.openMs), failures };
    }
    // Of cases that it had before: they say nothing new.
    case 'open':
      return state;
    case 'half-open': {
      if (state.probe.handoff !== event.handoff) return state;
      const failures = [...state.failures, { key, at, caseId, code }].slice(-rules.failures);
      return { kind: 'open', since: at, until: after(at, rules.openMs), failures };
    }
  }
}

function answered(state: BreakerState, handoff: string | undefined): BreakerState {
  switch (state.kind) {
    case 'closed':
      return isClean(state) ? state : closedBreaker();
    // An answer to what was begun before says nothing of now: the probe decides.
    case 'open':
      return state;
    case 'half-open':
      return state.probe.handoff === handoff ? closedBreaker() : state;
  }
}

function isClean(state: BreakerState): boolean {
  return state.kind === 'closed' && state.failures.length === 0;
}

function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}

function after(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) + milliseconds).toISOString();
}
