import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  VERSION_UNSUPPORTED: entry(
    'the schema version is not supported',
    false,
    'developer',
    'send one of the versions named in the message',
  ),
  INPUT_INVALID: entry(
    'the input does not have the required shape',
    false,
    'caller',
    'correct the named fields',
  ),
  INPUT_TOO_LARGE: entry(
    'the input is larger than its limit',
    false,
    'caller',
    'send less, or a reference to where the rest is kept',
  ),
  PAYLOAD_UNDECODABLE: entry(
    'a payload could not be decoded',
    false,
    'caller',
    'send JSON; binary and encrypted payloads need the codec this worker has',
  ),
  TEAM_INVALID: entry(
    'the team definition has faults',
    false,
    'developer',
    'mend the faults listed in the message',
  ),
  POLICY_INVALID: entry(
    'the policy has faults',
    false,
    'developer',
    'mend the faults listed in the message, and check again with `baton policy check FILE`',
  ),
  TEAM_UNKNOWN: entry(
    'no worker serves a team of that name',
    false,
    'caller',
    'use a name that the message lists, or start a worker with the team',
  ),
  CASE_UNKNOWN: entry('there is no case with that id', false, 'caller', 'check the id with `baton list`'),
  CASE_EXISTS: entry(
    'a case with that id exists',
    false,
    'caller',
    'use another id, or read the existing case',
  ),
  CASE_CLOSED: entry(
    'the case is closed',
    false,
    'caller',
    'read its outcome with `baton show`; open a new case for new work',
  ),
  CASE_TERMINATED: entry(
    'the case was terminated, so that nobody has taken its effects back',
    false,
    'person',
    'redrive the dead letter to undo the effect by its key, or discard it to keep the effect',
  ),
  MESSAGE_CONFLICT: entry(
    'this message id was used for another text',
    false,
    'caller',
    'use a new message id for a new text',
  ),
  TEXT_IN_CLEAR: entry(
    'the team is private, and this text came in clear',
    false,
    'developer',
    'name the team in `privateTeams` of the client, or in BATON_PRIVATE_TEAMS, and give it a context store',
  ),
  MESSAGES_UNREAD: entry(
    'the user has said something that nobody has read',
    false,
    'caller',
    'read the transcript and answer, or name the last message read as `seen`',
  ),
  REVIEW_UNKNOWN: entry(
    'there is no open review with that id',
    false,
    'caller',
    'list the open ones with `baton reviews`',
  ),
  REVIEW_DECIDED: entry(
    'somebody else has just decided',
    false,
    'caller',
    'read the decision in the message',
  ),
  REVIEW_EXPIRED: entry(
    'the review has expired',
    false,
    'caller',
    'read what was done instead in the message',
  ),
  REVIEW_STALE: entry(
    'the digest is not that of what is under review',
    false,
    'caller',
    'show the review again and decide on what it says now',
  ),
  REVIEW_FORBIDDEN: entry(
    'this person may not decide this review',
    false,
    'caller',
    'ask a member of the pool named in the message',
  ),
  PERSON_FORBIDDEN: entry(
    'this person is not a member of the pool',
    false,
    'caller',
    'ask a member of the pool named in the message',
  ),
  NOT_OWNED_BY_PERSON: entry(
    'the case is not in the hands of a person',
    false,
    'caller',
    'ask for a human first with `baton ask-for-human`',
  ),
  CLAIMED_BY_OTHER: entry(
    'another person has claimed the case',
    false,
    'caller',
    'speak to the holder named in the message',
  ),
  FIELD_NOT_MASKED: entry(
    'no handoff of this case has masked that field',
    false,
    'caller',
    'use a path that `baton show` lists as masked',
  ),
  UNMASK_FORBIDDEN: entry(
    'this person may not see what was masked',
    false,
    'caller',
    'ask a person named in the message; the team says who may by `unmask` of an edge or a pool',
  ),
  ORIGINAL_NOT_KEPT: entry(
    'the original of this field was not kept',
    false,
    'operator',
    'give the workers a context store; what was masked without one stays with its source',
  ),
  GRANT_UNKNOWN: entry(
    'there is no such leave to see an original',
    false,
    'caller',
    'ask for one with `baton unmask`',
  ),
  GRANT_USED: entry(
    'this leave to see an original was used before',
    false,
    'caller',
    'ask for another one with `baton unmask`; each is on record',
  ),
  GRANT_EXPIRED: entry(
    'this leave to see an original has expired',
    false,
    'caller',
    'ask for another one with `baton unmask`; each is on record',
  ),
  DEAD_LETTER_UNKNOWN: entry(
    'there is no open dead letter with that id',
    false,
    'caller',
    'list the open ones with `baton dead-letters`',
  ),
  LEDGER_DIVERGED: entry(
    'another row stands at this place of the ledger',
    false,
    'operator',
    'run `baton verify`; two histories claim one trace',
  ),
  LEDGER_GAP: entry(
    'the row does not follow the head of the ledger',
    false,
    'operator',
    'run `baton verify`; rows were removed',
  ),
  STORE_UNAVAILABLE: entry(
    'a store cannot be reached',
    true,
    'retry',
    'check the store named in the message',
  ),
  STORE_IN_USE: entry(
    'the embedded store belongs to another host',
    false,
    'operator',
    'use PostgreSQL for more than one host',
  ),
  SERVER_UNREACHABLE: entry(
    'the Temporal server cannot be reached',
    true,
    'operator',
    'check TEMPORAL_ADDRESS, or run `npm start`',
  ),
  SEARCH_ATTRIBUTE_MISSING: entry(
    'the namespace lacks a search attribute',
    false,
    'operator',
    'run the command in the message',
  ),
  NO_WORKER: entry(
    'no worker answers for this case',
    true,
    'operator',
    'start a worker; `status`, `list` and `verify` work without one',
  ),
  HISTORY_UNREADABLE: entry(
    'the file is not a workflow history',
    false,
    'caller',
    'export one with `temporal workflow show --output json`',
  ),
  CONFIGURATION_INVALID: entry(
    'the configuration has faults',
    false,
    'operator',
    'correct the variable named in the message',
  ),
  CODEC_KEY_MISSING: entry(
    'a key that payloads are encrypted with is registered and not at hand',
    true,
    'operator',
    'give this process the secret of the key named in the message, in BATON_CODEC_KEYS',
  ),
  REQUEST_FORBIDDEN: entry(
    'the request is not possible in the present state',
    false,
    'caller',
    'read the state with `baton status`',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of what comes in, of people's requests, and of what a case stands on. */
export function failuresAtDoors(): typeof ENTRIES {
  return ENTRIES;
}
