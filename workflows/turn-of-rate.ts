import { ActivityFailure, ApplicationFailure, type TimerOptions } from '@temporalio/workflow';
import type { CallInput } from '../contract/activities.ts';
import { isJsonObject } from '../contract/json.ts';
import type { ActivityPlan } from './events.ts';

/** When a call may go whose tool was called as often as it may be. */
interface TurnOfRate {
  readonly waitMs: number;
  /** Attempts that had gone to the tool before it had to wait. */
  readonly attempts: number;
  /** Which rate it is, in words. */
  readonly message: string;
}

/** Reads out of a failure when a call may go; undefined for every other failure. */
export function turnOfRate(thrown: unknown): TurnOfRate | undefined {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'TOOL_RATE_LIMITED') return undefined;
  const beside: unknown = cause.details?.[1];
  if (!isJsonObject(beside)) return undefined;
  const { waitMs, attempts } = beside;
  if (typeof waitMs !== 'number' || typeof attempts !== 'number') return undefined;
  return { waitMs, attempts, message: cause.message };
}

/** What the Temporal UI shows of the timer that a call waits by. */
export function pauseOptions(turn: TurnOfRate | undefined): TimerOptions | undefined {
  return turn && { summary: turn.message.slice(0, 200) };
}

/**
 * An activity that may have to wait for its turn, and is scheduled again when it has come. To wait costs none of its
 * attempts: those that it had before are taken from its budget, and go before its fence (F02).
 */
export function callInTurn<Output>(
  plan: ActivityPlan,
  input: CallInput,
  call: (plan: ActivityPlan, input: CallInput) => Promise<Output>,
): () => Promise<Output> {
  let attempted = 0;
  return async () => {
    const attempts = Math.max(plan.retry.attempts - attempted, 1);
    try {
      return attempted === 0
        ? await call(plan, input)
        : await call({ ...plan, retry: { ...plan.retry, attempts } }, { ...input, attempted });
    } catch (thrown) {
      attempted = turnOfRate(thrown)?.attempts ?? attempted;
      throw thrown;
    }
  };
}
