import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { applicationFailure } from '../contract/application-failure.ts';
import { failure, failureEntry, isBatonError, isFailureCode, type Failure } from '../contract/failures.ts';
import { cutText } from '../contract/text.ts';

/** How errors are to be classified. */
interface FailureModes {
  /** An agent's failure contract (H7): names of errors that a retry may mend. */
  readonly retry: readonly string[];
  /** Names of errors that only a person can mend. */
  readonly human: readonly string[];
  /** Code of what says nothing better about itself; `AGENT_FAILED` when absent. */
  readonly code?: 'AGENT_FAILED' | 'EFFECT_FAILED' | 'UNDO_FAILED';
  /** The signal of the activity: what threw because of it has not failed. */
  readonly signal?: AbortSignal;
}

/**
 * Turns anything thrown into one failure of the catalogue, with its retryability: the one place where errors of
 * agents, tools and stores are classified. Retry policies then read from data.
 */
export function classifyFailure(thrown: unknown, modes: FailureModes = { retry: [], human: [] }): Error {
  if (thrown instanceof ApplicationFailure || thrown instanceof CancelledFailure) return thrown;
  if (isBatonError(thrown) && isFailureCode(thrown.code)) {
    const what: Failure = {
      code: thrown.code,
      message: thrown.message,
      ...(thrown.field === undefined ? {} : { field: thrown.field }),
    };
    return toFailure(what, thrown, failureEntry(thrown.code).retryable);
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  // Left as it is for the SDK, which reports it as cancelled: a worker that shut down has the work tried again.
  if (name === 'AbortError' && modes.signal?.aborted === true) return thrown as Error;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const detail = cutText(`${name}: ${message}`, 1_000);
  if (modes.human.includes(name)) return toFailure(failure('AGENT_NEEDS_PERSON', detail), thrown, false);
  // A contract that lists what may be retried means that the rest may not; an empty one leaves it to the budget.
  const retryable = modes.retry.length === 0 || modes.retry.includes(name);
  return toFailure(failure(modes.code ?? 'AGENT_FAILED', detail), thrown, retryable);
}

function toFailure(what: Failure, cause: unknown, retryable: boolean): ApplicationFailure {
  return applicationFailure(what, { retryable, ...(cause instanceof Error ? { cause } : {}) });
}
