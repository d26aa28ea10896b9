import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import { applicationFailure } from '../contract/application-failure.ts';
import { failure, isFailureCode, type Failure, type FailureCode } from '../contract/failures.ts';
import { lostInNote, type LostCalls } from '../contract/model-usage.ts';
import { isPoison, poisonFailure } from '../contract/poison.ts';
import { cutText } from '../contract/text.ts';
import type { Trouble } from './events.ts';

/**
 * What a failed activity amounts to, in the words of the catalogue: the one place where Temporal's errors are read.
 * @param code for a failure that says nothing better about itself
 */
export function troubleOf(thrown: unknown, code: FailureCode = 'AGENT_FAILED'): Trouble {
  if (isCancellation(thrown)) {
    // Whether the case asked for it is the case's to know: a worker that shuts down cancels as well.
    const lost = lostWith(thrown instanceof ActivityFailure ? thrown.cause : thrown);
    return { failure: failure(code, 'it was cancelled'), ...(lost ? { lost } : {}) };
  }
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  const lost = lostWith(cause);
  return { failure: failureOf(cause, thrown, code), ...(lost ? { lost } : {}) };
}

/** What the last attempt said of calls that were lost: beside its failure, else in its last beat. */
function lostWith(cause: unknown): LostCalls | undefined {
  if (cause instanceof ApplicationFailure) return lostInNote(cause.details?.[1]);
  if (cause instanceof CancelledFailure) return lostInNote(cause.details[0]);
  return cause instanceof TimeoutFailure ? lostInNote(cause.lastHeartbeatDetails) : undefined;
}

function failureOf(cause: unknown, thrown: unknown, code: FailureCode): Failure {
  if (cause instanceof ApplicationFailure) {
    const message = cutText(cause.message, 1_000);
    if (cause.type !== undefined && cause.type !== null && isFailureCode(cause.type)) {
      return { code: cause.type, message };
    }
    return failure(code, `${cause.type ?? 'Error'}: ${message}`);
  }
  if (cause instanceof TimeoutFailure) {
    const waited = cause.timeoutType === 'SCHEDULE_TO_START';
    return waited
      ? failure('NO_WORKER', 'nobody polls the task queue')
      : failure(code, `no answer in time (${String(cause.timeoutType)})`);
  }
  return failure(code, thrown instanceof Error ? thrown.message : String(thrown));
}

/**
 * What a result amounts to that could not be decoded (F17): the activity has ended and will not be asked again, so
 * its outcome counts as unknown, like that of one that failed for good.
 */
export function undecodable(output: unknown): ApplicationFailure | undefined {
  if (!isPoison(output)) return undefined;
  return applicationFailure(poisonFailure(output));
}
