import { digestOf } from './digest.ts';
import { BatonError, failure } from './failures.ts';

/** What a tenant may spend on models within a period. */
export interface BudgetLimit {
  /** Whole micro-USD; not bounded when absent. */
  readonly microUsd?: number;
  /** In and out; not bounded when absent. */
  readonly tokens?: number;
  /** By the calendar, in UTC. */
  readonly per: 'day' | 'month';
}

/** Tokens and money. Money is absent where nobody knows the price. */
export interface BudgetAmount {
  readonly tokens: number;
  readonly microUsd?: number;
}

/** The budget of a tenant, as it stands. */
export interface BudgetState {
  readonly limit: BudgetLimit;
  /** The day or month that is counted: `2026-11-22` or `2026-11`. */
  readonly period: string;
  /** Calls under way count as the most they can cost; so do those of which nobody ever heard again. */
  readonly spent: { readonly calls: number; readonly tokens: number; readonly microUsd: number };
  /** Calls under way, by key: the most that each can cost. */
  readonly open: Readonly<Record<string, BudgetAmount>>;
  /** Who set the limit, when and why. */
  readonly set: { readonly by: string; readonly at: string; readonly reason?: string };
}

/** A budget in a list. */
export interface TenantBudget {
  readonly tenant: string;
  readonly state: BudgetState;
}

/** What became of a wish to spend. */
export type Reservation =
  /** The tenant has no budget: nothing is counted. */
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'reserved' }
  /** What is left is too little; nothing was reserved. */
  | { readonly kind: 'refused'; readonly most: BudgetAmount; readonly left: Partial<BudgetAmount> }
  /** The budget is one of money, and nobody knows the price. */
  | { readonly kind: 'unpriced' };

/**
 * Budgets of tenants, shared by all workers and changed by compare-and-set: of any number that would spend the last of
 * it at once, one does (G3).
 */
export interface TenantBudgets {
  /**
   * Sets a limit; what the period has spent stays.
   * @param expected the digest of the limit that was read ({@link limitDigest}); whatever it is, when absent
   * @throws BatonError `BUDGET_CHANGED`
   */
  set(
    tenant: string,
    limit: BudgetLimit,
    audit: { readonly by: string; readonly at: string; readonly reason?: string },
    expected?: string,
  ): Promise<BudgetState>;
  /**
   * Takes a tenant's limit away, and with it what was counted.
   * @returns whether there was one. @throws BatonError `BUDGET_CHANGED`
   */
  clear(tenant: string, expected?: string): Promise<boolean>;
  /**
   * Reserves the most that a call can cost, before it is made. The same key again is the same call.
   * @param most asked for only where there is a budget. @throws a failure `STORE_UNAVAILABLE` (retryable)
   */
  reserve(
    tenant: string,
    call: { readonly key: string; readonly at: string; readonly most: () => Promise<BudgetAmount> },
  ): Promise<Reservation>;
  /** Puts what a call took in the place of what was reserved for it. A call that is not open is left as it is. */
  settle(tenant: string, call: { readonly key: string; readonly took: BudgetAmount }): Promise<void>;
  /** Budgets by tenant. */
  list(): Promise<readonly TenantBudget[]>;
  close(): Promise<void>;
}

/** The period that an instant (ISO 8601, UTC) falls into. */
export function periodOf(per: BudgetLimit['per'], at: string): string {
  return at.slice(0, per === 'day' ? 10 : 7);
}

/** Names a limit as somebody set it, or that there is none: what is spent meanwhile does not change it. */
export function limitDigest(state: BudgetState | undefined): string {
  return digestOf(state ? { limit: { ...state.limit }, set: { ...state.set } } : null);
}

/** @throws BatonError `BUDGET_CHANGED` where the limit is another one than whoever changes it has read */
export function requireLimit(state: BudgetState | undefined, expected: string | undefined): void {
  if (expected === undefined || limitDigest(state) === expected) return;
  const now = state ? `${state.set.by} set it at ${state.set.at}` : 'there is none any more';
  throw new BatonError(failure('BUDGET_CHANGED', now, 'digest'));
}

/** A budget with another limit, or a new one. */
export function limitBudget(
  state: BudgetState | undefined,
  limit: BudgetLimit,
  set: BudgetState['set'],
): BudgetState {
  const period = periodOf(limit.per, set.at);
  if (state?.period === period) return { ...state, limit, set };
  return { limit, period, spent: { calls: 0, tokens: 0, microUsd: 0 }, open: {}, set };
}

/** The most that a call can cost, put aside where enough is left. */
export function reserveIn(
  before: BudgetState,
  call: { readonly key: string; readonly at: string; readonly most: BudgetAmount },
): { readonly state: BudgetState; readonly answer: Exclude<Reservation, { kind: 'unbounded' }> } {
  const { key, at, most } = call;
  const period = periodOf(before.limit.per, at);
  // A clock that is behind does not bring an old period back.
  const state =
    period > before.period
      ? { ...before, period, spent: { calls: 0, tokens: 0, microUsd: 0 }, open: {} }
      : before;
  if (Object.hasOwn(state.open, key)) return { state, answer: { kind: 'reserved' } };
  const { limit, spent } = state;
  if (limit.microUsd !== undefined && most.microUsd === undefined)
    return { state, answer: { kind: 'unpriced' } };
  const left = {
    ...(limit.tokens === undefined ? {} : { tokens: limit.tokens - spent.tokens }),
    ...(limit.microUsd === undefined ? {} : { microUsd: limit.microUsd - spent.microUsd }),
  };
  const tooMuch =
    most.tokens > (left.tokens ?? Infinity) || (most.microUsd ?? 0) > (left.microUsd ?? Infinity);
  if (tooMuch) return { state, answer: { kind: 'refused', most, left } };
  return {
    state: {
      ...state,
      spent: {
        calls: spent.calls + 1,
        tokens: spent.tokens + most.tokens,
        microUsd: spent.microUsd + (most.microUsd ?? 0),
      },
      open: { ...state.open, [key]: most },
    },
    answer: { kind: 'reserved' },
  };
}

/** What a call took, in the place of what was put aside for it. */
export function settleIn(
  state: BudgetState,
  { key, took }: { readonly key: string; readonly took: BudgetAmount },
): BudgetState {
  const { [key]: most, ...open } = state.open;
  if (!most) return state;
  const { calls, tokens, microUsd } = state.spent;
  return {
    ...state,
    spent: {
      calls: took.tokens === 0 ? calls - 1 : calls,
      tokens: tokens - most.tokens + took.tokens,
      microUsd: microUsd - (most.microUsd ?? 0) + (took.microUsd ?? 0),
    },
    open,
  };
}
