import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
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
  FACT_UNMAPPABLE: entry(
    'a fact has no place at the receiver',
    false,
    'agent',
    'send null for the named fact to go on without it, or map it with `adapt` on the edge',
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
  WORKER_TOO_OLD: entry(
    'the case began on a newer version of the agent than this worker has',
    true,
    'retry',
    'finish the deploy: a worker with the named version or a newer one takes it',
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
  ASK_CYCLE: entry(
    'a question cannot come back to somebody who waits for its answer',
    false,
    'agent',
    'go on without, or ask somebody else',
  ),
  ASK_DECLINED: entry(
    'the agent that was asked gives no answer',
    false,
    'agent',
    'see its reason; go on without, hand over, or ask somebody else',
  ),
  ASK_EXPIRED: entry(
    'the agent that was asked has not answered in time',
    false,
    'agent',
    'go on without, or allow more time with `ms` of the ask',
  ),
  HOP_LIMIT: entry(
    'the case has used up its hops',
    false,
    'person',
    'a person takes the case; raise `limits.hops` if journeys need more',
  ),
  POLICY_DISPOSED: entry(
    'the policy of the case decided otherwise',
    false,
    'person',
    'read the decision with `baton show`; the rule stands in the policy',
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
  AUTHORITY_EXCEEDED: entry(
    'the call is beyond the authority of the agent',
    false,
    'agent',
    'stay within the limit named in the message, or escalate',
  ),
  TURN_LIMIT: entry(
    'too many turns went by without an answer to the user',
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
  ENVELOPE_UNSIGNED: entry(
    'the team asks for signed handoffs, and the envelope has no seal',
    false,
    'operator',
    'give every worker of the team BATON_SIGNING_KEYS; look for whoever sent it',
  ),
  ENVELOPE_FORGED: entry(
    'the seal of the envelope does not hold',
    false,
    'operator',
    'see the reason: register the key, or look for whoever changes payloads on the way',
  ),
  ENVELOPE_REPLAYED: entry(
    'the seal of the envelope was used by another handoff',
    false,
    'operator',
    'look for whoever copies payloads; a new handoff takes a new seal',
  ),
  ENVELOPE_WIDENED: entry(
    'the envelope claims more than the manifest grants',
    false,
    'operator',
    'look for a sender that does not run the release it claims',
  ),
  SIGNING_KEY_MISSING: entry(
    'a handoff must be signed or checked, and this process has no key for it',
    true,
    'operator',
    'give this process a registry with a key that may speak for the sender, in BATON_SIGNING_KEYS',
  ),
  OFFER_WITHDRAWN: entry(
    'the offer is not open',
    false,
    'retry',
    'nothing: the case has gone on without this acknowledgement',
  ),
  OFFER_DECLINED: entry('the receiver declined', false, 'agent', 'choose another target or go on'),
  AGENT_NOT_READY: entry(
    'the receiver is not ready, and was not asked',
    false,
    'agent',
    'choose another target or go on; see `baton agents list` for why, and until when',
  ),
  OFFER_EXPIRED: entry(
    'nobody acknowledged the offer in time',
    false,
    'operator',
    'start a worker for the pool named in the message',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of agents, handoffs, tools and effects. */
export function failuresAtWork(): typeof ENTRIES {
  return ENTRIES;
}
