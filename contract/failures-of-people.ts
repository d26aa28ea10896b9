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
  QUESTION_FORBIDDEN: entry(
    'the agent cannot be asked about this review',
    false,
    'caller',
    'ask the user, or decide on what is shown; a rejection with its reason reaches the agent as well',
  ),
  USER_OPTED_OUT: entry(
    'the user deals with people only',
    false,
    'caller',
    'keep the case, or ask the user and say so with `userAgreed`',
  ),
  REVIEW_RELEASED: entry(
    'the approval cannot be withdrawn',
    false,
    'caller',
    'read in the message what became of it; undo its effect by other means',
  ),
  PROOF_REQUIRED: entry(
    'the review takes proven decisions only',
    false,
    'caller',
    'decide it at a door that signs for whom it knows, such as the HTTP service with BATON_DOOR_KEYS',
  ),
  PROOF_PENDING: entry(
    'the keys of doors have not come to the case yet',
    true,
    'retry',
    'ask again in a moment; where it lasts, look at the workers of cases and at BATON_DOOR_KEYS',
  ),
  PROOF_KEY_UNKNOWN: entry(
    'the key that has signed the decision is none of the workers’ door keys',
    true,
    'operator',
    'hand the public half of the door’s key to the workers (BATON_DOOR_KEYS), then decide again',
  ),
  PROOF_KEY_RETIRED: entry(
    'the key that has signed the decision does not count',
    false,
    'operator',
    'let the door sign with its newest key: hand the file out anew after `baton keys rotate --kind door`',
  ),
  PROOF_FORBIDDEN: entry(
    'the door may not vouch for this decision',
    false,
    'caller',
    'decide as staff of the tenant that the case belongs to, at a door whose key may speak for that tenant',
  ),
  PROOF_EXPIRED: entry(
    'the signature of the decision has expired',
    false,
    'caller',
    'decide again at the door: it signs anew',
  ),
  PROOF_INVALID: entry(
    'the signature is not of this decision',
    false,
    'caller',
    'decide again at the door; a signature counts for one case, review, content, person and word only',
  ),
  DOOR_KEY_MISSING: entry(
    'a key of a door is not at hand',
    true,
    'operator',
    'make one with `baton keys new --kind door`, and give BATON_DOOR_KEYS to doors and workers',
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
