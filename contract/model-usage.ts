import { z } from 'zod';
import type { ContextReference } from './context.ts';

const count = z.int().nonnegative();
const Lost = z.object({
  calls: count,
  inputTokens: count,
  outputTokens: count,
  microUsd: count.optional(),
  unpriced: count.optional(),
});
const Took = z.object({
  inputTokens: count,
  outputTokens: count,
  microUsd: count.optional(),
  lost: Lost.optional(),
});
type Took = z.output<typeof Took>;
const Told = z.object({ usage: Took.optional(), lost: Lost.optional() });
const Note = z.object({ lost: Lost, asking: Lost.optional() });

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
   * Calls on the way to this answer that may have been paid for and came to none: of earlier attempts, and of models
   * that were passed over. Absent where there was none.
   */
  readonly lost?: LostCalls;
}

/** Calls that came to no answer: each as it was charged where a vendor said so, else as the most it can have cost. */
export type LostCalls = z.output<typeof Lost>;

/** Where nothing was lost. */
export const NO_CALLS: LostCalls = { calls: 0, inputTokens: 0, outputTokens: 0 };

/** Schema of calls that came to no answer. */
export function lostCallsSchema(): typeof Lost {
  return Lost;
}

/**
 * Reads what an attempt of a turn leaves word of, in its heartbeat or beside its failure: calls that were lost, and one
 * under way, which is lost too where the attempt ends so. Undefined where there is no such word.
 */
export function lostInNote(note: unknown): LostCalls | undefined {
  const parsed = Note.safeParse(note);
  if (!parsed.success) return undefined;
  const { lost, asking } = parsed.data;
  return asking ? addLost(lost, asking) : lost;
}

/** Both together. Money is absent where nobody knows any of it; `unpriced` counts the calls that it lacks. */
export function addLost(one: LostCalls | undefined, other: LostCalls): LostCalls {
  if (!one || one.calls === 0) return other;
  if (other.calls === 0) return one;
  const unpriced = unpricedOf(one) + unpricedOf(other);
  const calls = one.calls + other.calls;
  return {
    calls,
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(unpriced < calls ? { microUsd: (one.microUsd ?? 0) + (other.microUsd ?? 0) } : {}),
    ...(unpriced > 0 && unpriced < calls ? { unpriced } : {}),
  };
}

function unpricedOf(lost: LostCalls): number {
  return lost.unpriced ?? (lost.microUsd === undefined ? lost.calls : 0);
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
  /** By the skill that they worked at; absent before the first that had one. */
  readonly skills?: Readonly<Record<string, Spend>>;
}

/** The same for whoever looks: every sum by skill, and what belongs to none. Together they are the total (A3). */
export interface SpendBySkill extends CaseSpend {
  readonly skills: Readonly<Record<string, Spend>>;
  readonly unattributed: Spend;
}

/** What is not put down to any skill: the total without the sums by skill, so that nothing is ever in neither. */
export function bySkill(spend: CaseSpend): SpendBySkill {
  const skills = spend.skills ?? {};
  const rest = (field: keyof Spend): number =>
    Object.values(skills).reduce((left, one) => left - one[field], spend.total[field]);
  return {
    ...spend,
    skills,
    unattributed: {
      calls: rest('calls'),
      inputTokens: rest('inputTokens'),
      outputTokens: rest('outputTokens'),
      microUsd: rest('microUsd'),
      unpriced: rest('unpriced'),
    },
  };
}

/** Spend with one more call in it, and with those that were lost on the way to it (G3). */
export function addUsage(spend: Spend | undefined, usage: Took): Spend {
  const { lost, inputTokens, outputTokens, microUsd } = usage;
  const one = { calls: 1, inputTokens, outputTokens, ...(microUsd === undefined ? {} : { microUsd }) };
  return addLostTo(lost ? addLostTo(spend, lost) : spend, one);
}

/** Spend with what a ledger row says of calls of models in it (`usage`, `lost`); the same where it says nothing. */
export function addTold(spend: Spend | undefined, content: unknown): Spend | undefined {
  const parsed = Told.safeParse(content);
  if (!parsed.success) return spend;
  const { usage, lost } = parsed.data;
  const answered = usage ? addUsage(spend, usage) : spend;
  return lost ? addLostTo(answered, lost) : answered;
}

/** Spend with calls in it that came to no answer. */
export function addLostTo(spend: Spend | undefined, lost: LostCalls): Spend {
  return {
    calls: (spend?.calls ?? 0) + lost.calls,
    inputTokens: (spend?.inputTokens ?? 0) + lost.inputTokens,
    outputTokens: (spend?.outputTokens ?? 0) + lost.outputTokens,
    microUsd: (spend?.microUsd ?? 0) + (lost.microUsd ?? 0),
    unpriced: (spend?.unpriced ?? 0) + unpricedOf(lost),
  };
}
