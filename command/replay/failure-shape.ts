import { decodePayload, decodePayloads } from '../../client/history/payloads.ts';
import type { PayloadLike } from '../../client/history/payloads.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';

/** The parts of a protocol failure that a replay must reproduce; stack traces are none of them. */
interface FailureLike {
  readonly message?: string | null | undefined;
  /** Message and stack trace as a payload, where a codec was to encrypt them. */
  readonly encodedAttributes?: PayloadLike | null | undefined;
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
    message: messageOf(failure),
    ...(application ? { type: application.type ?? '', details: decodePayloads(application.details) } : {}),
    ...(failure.cause ? { cause: describeFailure(failure.cause) } : {}),
  };
}

/** A history that was encrypted says it in a payload, and the replay, which runs in clear, in the message. */
function messageOf(failure: FailureLike): string {
  const attributes = failure.encodedAttributes ? decodePayload(failure.encodedAttributes) : undefined;
  const encoded = isJsonObject(attributes) ? attributes['message'] : undefined;
  return typeof encoded === 'string' ? encoded : (failure.message ?? '');
}
