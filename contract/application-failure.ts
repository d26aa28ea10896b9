import { ApplicationFailure } from '@temporalio/common';
import type { Failure } from './failures.ts';
import type { JsonObject } from './json.ts';

/**
 * A failure of the catalogue as workflows and activities throw it: its code is the type and the whole failure the
 * first detail, which is where clients and cases read it back. Not retryable unless that is said.
 */
export function applicationFailure(
  what: Failure,
  options: {
    readonly retryable?: boolean;
    readonly cause?: Error;
    /** Pause before the next attempt in milliseconds, where whoever refused has named one. */
    readonly pauseMs?: number;
    /** What else the case is to know: the second detail. */
    readonly beside?: JsonObject;
  } = {},
): ApplicationFailure {
  const { retryable = false, cause, pauseMs, beside } = options;
  return ApplicationFailure.create({
    message: what.message,
    type: what.code,
    nonRetryable: !retryable,
    details: [what, ...(beside ? [beside] : [])],
    ...(cause ? { cause } : {}),
    ...(pauseMs === undefined ? {} : { nextRetryDelay: pauseMs }),
  });
}
