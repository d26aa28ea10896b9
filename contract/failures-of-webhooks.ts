import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  WEBHOOK_UNDELIVERED: entry(
    'the endpoint did not take the event',
    true,
    'operator',
    'look at the receiver; `baton webhooks redrive` sends what has failed again',
  ),
  WEBHOOK_ENDPOINT_GONE: entry(
    'the endpoint has said that it is gone for good, and is disabled',
    false,
    'operator',
    'take it out of BATON_WEBHOOKS, or `baton webhooks enable` it and redrive',
  ),
  WEBHOOK_ENDPOINT_UNKNOWN: entry(
    'there is no such endpoint',
    false,
    'operator',
    'look at the names in BATON_WEBHOOKS',
  ),
  WEBHOOK_UNKNOWN: entry(
    'there is no failed delivery of this name',
    false,
    'caller',
    'list them with `baton webhooks`',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of events on their way to endpoints. */
export function failuresOfWebhooks(): typeof ENTRIES {
  return ENTRIES;
}
