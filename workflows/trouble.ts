import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { failure, isFailureCode, type FailureCode } from '../contract/failures.ts';
import type { Trouble } from './events.ts';

/**
 * What a failed activity amounts to, in the words of the catalogue: the one place where Temporal's errors are read.
 * @param code for a failure that says nothing better about itself
 */
export function troubleOf(thrown: unknown, code: FailureCode = 'AGENT_FAILED'): Trouble {
  if (isCancellation(thrown)) {
    return { stopped: true, failure: failure('REQUEST_FORBIDDEN', 'the case stopped it') };
  }
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  if (cause instanceof ApplicationFailure) {
    const message = cause.message.slice(0, 1_000);
    if (cause.type !== undefined && cause.type !== null && isFailureCode(cause.type)) {
      return { stopped: false, failure: { code: cause.type, message } };
    }
    return { stopped: false, failure: failure(code, `${cause.type ?? 'Error'}: ${message}`) };
  }
  if (cause instanceof TimeoutFailure) {
    const waited = cause.timeoutType === 'SCHEDULE_TO_START';
    return {
      stopped: false,
      failure: waited
        ? failure('NO_WORKER', 'nobody polls the task queue')
        : failure(code, `no answer in time (${String(cause.timeoutType)})`),
    };
  }
  return {
    stopped: false,
    failure: failure(code, thrown instanceof Error ? thrown.message : String(thrown)),
  };
}
