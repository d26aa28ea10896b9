import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  DIRECTORY_PENDING: entry(
    'the directory of people has not answered yet',
    true,
    'retry',
    'ask again in a moment; where it lasts, look at the directory of the workers',
  ),
  EDIT_FORBIDDEN: entry(
    'this cannot be approved with edits',
    false,
    'caller',
    'approve or reject it as it is; only arguments of a call can be edited',
  ),
  REVIEW_RELEASED: entry(
    'the approval cannot be withdrawn',
    false,
    'caller',
    'read in the message what became of it; undo its effect by other means',
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
