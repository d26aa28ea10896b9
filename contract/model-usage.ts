import type { ContextReference } from './context.ts';

/** What one call of a model took (A3). */
export interface ModelUsage {
  /** `vendor:model`, as configured. */
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Whole micro-USD; absent where nobody knows the price. */
  readonly microUsd?: number;
  /** Where the price is from: the dated table, or settings. */
  readonly priced?: string;
  /**
   * Earlier attempts at this call that may have been paid for and never came to an answer, each as the most it can have
   * cost. Absent where there was none.
   */
  readonly lost?: LostCalls;
}

/** Calls of unknown outcome, at their most. */
export interface LostCalls {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly microUsd?: number;
}

/** What a turn with a model brings beside its answer. */
export interface ModelTrace {
  /** Entry of the agent's thread with its model. */
  readonly thread?: ContextReference;
  readonly usage?: ModelUsage;
}

/** What a turn may still spend on models, where its team sets a bound (G3). */
export interface Allowance {
  readonly microUsd?: number;
  readonly tokens?: number;
}

/** What calls of models took together. */
export interface Spend {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly microUsd: number;
  /** Calls whose price nobody knows; they count nothing in money. */
  readonly unpriced: number;
}

/** What models took in a case, and whom it is put down to. */
export interface CaseSpend {
  readonly total: Spend;
  readonly agents: Readonly<Record<string, Spend>>;
  /** By the handoff that had brought the case to its owner at the time. */
  readonly handoffs: Readonly<Record<string, Spend>>;
}

/** Spend with one more call in it, and with those that were lost on the way to it (G3). */
export function addUsage(spend: Spend | undefined, usage: ModelUsage): Spend {
  const { lost } = usage;
  const calls = 1 + (lost?.calls ?? 0);
  return {
    calls: (spend?.calls ?? 0) + calls,
    inputTokens: (spend?.inputTokens ?? 0) + usage.inputTokens + (lost?.inputTokens ?? 0),
    outputTokens: (spend?.outputTokens ?? 0) + usage.outputTokens + (lost?.outputTokens ?? 0),
    microUsd: (spend?.microUsd ?? 0) + (usage.microUsd ?? 0) + (lost?.microUsd ?? 0),
    unpriced: (spend?.unpriced ?? 0) + (usage.microUsd === undefined ? calls : 0),
  };
}
