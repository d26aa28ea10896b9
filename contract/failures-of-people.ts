import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  DIRECTORY_PENDING: entry(
    'the directory of people has not answered yet',
    true,
    'retry',
    'ask again in a moment; where it lasts, look at the directory of the workers',
  ),
  DIRECTORY_INVALID: entry(
    'the directory of people has faults',
    true,
    'operator',
    'mend the faults listed in the message, and check again with `baton people check FILE`',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of directories of people, of who may do what for whom, and of proofs. */
export function failuresOfPeople(): typeof ENTRIES {
  return ENTRIES;
}
