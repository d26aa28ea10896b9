import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  CONTEXT_CONFLICT: entry(
    'another value was written under this version',
    false,
    'caller',
    'read the latest version, decide anew, and write after it',
  ),
  CONTEXT_MISSING: entry(
    'the context store does not have what is referred to',
    false,
    'operator',
    'check the retention, and that all workers use one context store',
  ),
  CONTEXT_CHANGED: entry(
    'what the context store has is not what was put there',
    false,
    'operator',
    'restore the store from a backup; somebody has changed it',
  ),
  PERSON_ERASED: entry(
    'the person of this case was erased, and its context with them',
    false,
    'caller',
    'nothing: digests and the ledger remain, the content is gone for good',
  ),
  HISTORY_ERASED: entry(
    'the person of this case was erased, and the payloads of its history with them',
    false,
    'caller',
    'nothing: `baton verify` still checks the ledger; what was said and done cannot be replayed any more',
  ),
  PERSON_HAS_OPEN_CASES: entry(
    'the person has open cases',
    false,
    'caller',
    'let the cases named in the message end, or cancel them; `baton erase --wait` waits for them',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of what is kept for cases: their context and conversation. */
export function failuresAtRest(): typeof ENTRIES {
  return ENTRIES;
}
