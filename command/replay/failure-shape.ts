import { decodePayloads } from '../../client/history/payloads.ts';
import type { PayloadLike } from '../../client/history/payloads.ts';
import type { JsonValue } from '../../contract/json.ts';

/** The parts of a protocol failure that a replay must reproduce; stack traces are none of them. */
interface FailureLike {
  readonly message?: string | null | undefined;
  readonly applicationFailureInfo?:
    | {
        readonly type?: string | null | undefined;
        readonly nonRetryable?: boolean | null | undefined;
        readonly details?: { readonly payloads?: readonly PayloadLike[] | null } | null | undefined;
      }
    | null
    | undefined;
  readonly cause?: FailureLike | null | undefined;
}

/** A failure as plain data for comparison: message, type, details and causes. */
export function describeFailure(failure: FailureLike | null | undefined): JsonValue {
  if (!failure) return null;
  const application = failure.applicationFailureInfo;
  return {
    message: failure.message ?? '',
    ...(application ? { type: application.type ?? '', details: decodePayloads(application.details) } : {}),
    ...(failure.cause ? { cause: describeFailure(failure.cause) } : {}),
  };
}
