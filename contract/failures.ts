/** Who acts next on a failure: Temporal's retry, the agent, a person, whoever wrote the team or the caller's code. */
export type NextActor = 'retry' | 'agent' | 'person' | 'developer' | 'caller' | 'operator';

interface FailureEntry {
  /** What was wrong, in general; a thrown failure adds the field and the value. */
  readonly message: string;
  /** Whether the same request may succeed when repeated unchanged. */
  readonly retryable: boolean;
  readonly next: NextActor;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * Every way in which Baton says no or gives up. Codes are stable: they stand in histories, ledgers and exit codes
 * of scripts. `docs/failures.md` lists exactly these.
 */
const CATALOGUE = {
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
  MESSAGE_CONFLICT: entry(
    'this message id was used for another text',
    false,
    'caller',
    'use a new message id for a new text',
  ),
  AGENT_OUTPUT_INVALID: entry(
    'the agent returned something that is not a turn',
    false,
    'person',
    'mend the agent, then redrive the dead letter',
  ),
  AGENT_INPUT_INVALID: entry(
    'the envelope does not satisfy what the agent accepts',
    false,
    'agent',
    'send the named fields, or relax `accepts`',
  ),
  AGENT_FAILED: entry(
    'the agent threw',
    true,
    'retry',
    'see the cause; name errors that need a person in `failures.human`',
  ),
  AGENT_NEEDS_PERSON: entry(
    'the agent met an error that its contract leaves to a person',
    false,
    'person',
    'see the cause',
  ),
  AGENT_UNKNOWN: entry(
    'this worker does not have the agent or its version',
    true,
    'operator',
    'start a worker that serves the named agent and version',
  ),
  TARGET_UNKNOWN: entry(
    'there is no agent or pool of that name in the team',
    false,
    'agent',
    'name one of the targets listed in the message',
  ),
  EDGE_MISSING: entry(
    'the team has no such edge',
    false,
    'agent',
    'name one of the targets listed in the message',
  ),
  HANDOFF_TO_SELF: entry(
    'an agent cannot hand a case to itself',
    false,
    'agent',
    'go on with the case, or name another target',
  ),
  HOP_LIMIT: entry(
    'the case has used up its hops',
    false,
    'person',
    'a person takes the case; raise `limits.hops` if journeys need more',
  ),
  HANDOFF_CYCLE: entry(
    'the same handoff with the same facts was made before',
    false,
    'person',
    'a person takes the case; see the path in the ledger',
  ),
  NO_RETURN: entry(
    'the edge the case came by forbids a return',
    false,
    'agent',
    'finish, or hand on to somebody else',
  ),
  NO_PREVIOUS_OWNER: entry(
    'there is nobody to return the case to',
    false,
    'agent',
    'finish, or transfer along an edge',
  ),
  NO_PEOPLE: entry(
    'the team has no pool of people to escalate to',
    false,
    'developer',
    'add a pool with people() and an escalate() edge',
  ),
  AUTHORITY_EXCEEDED: entry(
    'the call is beyond the authority of the agent',
    false,
    'agent',
    'stay within the limit named in the message, or escalate',
  ),
  TURN_LIMIT: entry(
    'the agent used up its turns without an answer to the user',
    false,
    'person',
    'a person takes the case',
  ),
  TOOL_UNKNOWN: entry(
    'the agent has no tool of that name',
    false,
    'agent',
    'name one of the tools listed in the message',
  ),
  TOOL_INPUT_INVALID: entry(
    'the arguments do not satisfy the tool',
    false,
    'agent',
    'correct the named fields',
  ),
  EFFECT_REFUSED: entry('the tool refused the call', false, 'agent', 'see the answer of the tool'),
  EFFECT_FAILED: entry(
    'the effect exhausted its attempts',
    false,
    'person',
    'its outcome may be unknown; the saga undoes it by its key',
  ),
  EFFECT_TOMBSTONED: entry(
    'the effect was undone before it was committed',
    false,
    'person',
    'a corrected redrive takes a new key',
  ),
  EFFECT_FENCED: entry(
    'a later attempt has spoken for this key',
    false,
    'retry',
    'nothing: the later attempt has the say',
  ),
  EFFECT_MISMATCH: entry(
    'the key was committed with another input',
    false,
    'developer',
    'keys come from trace, step and tool: do not make your own',
  ),
  UNDO_FAILED: entry(
    'the compensation failed for good',
    false,
    'person',
    'undo by hand, then redrive or discard the dead letter',
  ),
  UNDO_CONFLICT: entry(
    'the record was changed by somebody else since',
    false,
    'person',
    'decide by hand which state is right, then discard or redrive',
  ),
  ENVELOPE_CHANGED: entry(
    'the envelope does not have the digest it was sent with',
    false,
    'operator',
    'look for whatever rewrites payloads on the way',
  ),
  OFFER_WITHDRAWN: entry(
    'the offer is not open',
    false,
    'retry',
    'nothing: the case has gone on without this acknowledgement',
  ),
  OFFER_DECLINED: entry('the receiver declined', false, 'agent', 'choose another target or go on'),
  OFFER_EXPIRED: entry(
    'nobody acknowledged the offer in time',
    false,
    'operator',
    'start a worker for the pool named in the message',
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
  SERVER_UNAVAILABLE_HERE: entry(
    'no way to a Temporal server works here',
    false,
    'operator',
    'see the ways tried in the message',
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
  REPLAY_DIVERGED: entry(
    'the code does not do what the history says',
    false,
    'developer',
    'put the change behind `patched()`, or bring the old behaviour back',
  ),
  CONFIGURATION_INVALID: entry(
    'the configuration has faults',
    false,
    'operator',
    'correct the variable named in the message',
  ),
  REQUEST_FORBIDDEN: entry(
    'the request is not possible in the present state',
    false,
    'caller',
    'read the state with `baton status`',
  ),
} as const satisfies Record<string, FailureEntry>;

/** A stable code of the failure catalogue. */
export type FailureCode = keyof typeof CATALOGUE;

/** A failure as plain data: what travels in results, ledger rows and dead letters. */
export type Failure = {
  readonly code: FailureCode;
  readonly message: string;
  /** Path of the field at fault, such as `facts.orderId`, where one is. */
  readonly field?: string;
};

function entry(message: string, retryable: boolean, next: NextActor, remedy: string): FailureEntry {
  return { message, retryable, next, remedy };
}

/** All codes in order of the catalogue. */
export function failureCodes(): readonly FailureCode[] {
  return Object.keys(CATALOGUE) as FailureCode[];
}

/** What the catalogue says of a code. */
export function failureEntry(code: FailureCode): FailureEntry {
  return CATALOGUE[code];
}

/** Whether a word is a code of the catalogue: errors come back from the server as strings. */
export function isFailureCode(word: string): word is FailureCode {
  return Object.hasOwn(CATALOGUE, word);
}

/**
 * A failure from the catalogue with its particulars: `<what>: <detail>; <remedy>`.
 * @param detail what was wrong this time: the value got, the names allowed
 * @param field path of the field at fault
 */
export function failure(code: FailureCode, detail?: string, field?: string): Failure {
  const { message, remedy } = CATALOGUE[code];
  const text = `${message}${detail === undefined ? '' : `: ${detail}`}; ${remedy}`;
  return field === undefined ? { code, message: text } : { code, message: text, field };
}

/**
 * A failure as something to throw outside workflows. It survives realms and module copies: recognise it by
 * {@link isBatonError}, never by `instanceof`.
 */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly code: FailureCode;
  readonly field: string | undefined;
  constructor(what: Failure, options?: ErrorOptions) {
    super(what.message, options);
    this.code = what.code;
    this.field = what.field;
  }
}

/** Whether something thrown is a {@link BatonError}. */
export function isBatonError(thrown: unknown): thrown is BatonError {
  return thrown instanceof Error && thrown.name === 'BatonError' && 'code' in thrown;
}
