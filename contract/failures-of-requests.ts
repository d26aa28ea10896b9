import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  PRINCIPAL_UNKNOWN: entry(
    'the service does not know who asks',
    false,
    'caller',
    'send `Authorization: Bearer` with an API key or a token that the service accepts',
  ),
  PRINCIPAL_FORBIDDEN: entry(
    'this is not for the roles of whoever asks',
    false,
    'caller',
    'ask somebody with one of the roles named in the message',
  ),
  RATE_LIMITED: entry('too many requests', true, 'retry', 'wait as long as the header `Retry-After` says'),
  IDEMPOTENCY_KEY_REUSED: entry(
    'this idempotency key was used for another request',
    false,
    'caller',
    'use a new key for a new request',
  ),
  IDEMPOTENCY_KEY_BUSY: entry(
    'the first request under this idempotency key is still running',
    true,
    'retry',
    'send it again in a moment',
  ),
  ROUTE_UNKNOWN: entry('there is nothing at this address', false, 'caller', 'see /openapi.json'),
  MEDIA_TYPE_UNSUPPORTED: entry(
    'the body is not JSON',
    false,
    'caller',
    'send `Content-Type: application/json`',
  ),
  SERVICE_FAILED: entry(
    'the service failed',
    false,
    'operator',
    'see its log for the request named in the message',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of requests over HTTP, before they reach a case. */
export function failuresOfRequests(): typeof ENTRIES {
  return ENTRIES;
}
