import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  MODEL_RATE_LIMITED: entry(
    'the vendor of the model wants fewer requests',
    true,
    'retry',
    'nothing: it is asked again after the pause that it named; raise the limit at the vendor if it lasts',
  ),
  MODEL_UNAVAILABLE: entry(
    'the model does not answer',
    true,
    'retry',
    'see whether the vendor or the server of your own is up',
  ),
  MODEL_ANSWER_BROKEN: entry(
    'the answer of the model was cut, or not in its protocol',
    true,
    'retry',
    'see the cause; a server that always answers so does not speak the protocol it is configured for',
  ),
  MODEL_STALLED: entry(
    'the model fell silent in the middle',
    true,
    'retry',
    'raise `idleMs` of the agent if its model thinks for long',
  ),
  MODEL_ACCESS_DENIED: entry(
    'the vendor does not let us use the model',
    false,
    'operator',
    'set the key of the vendor, or see to its quota; then redrive the dead letter',
  ),
  MODEL_REQUEST_REFUSED: entry(
    'the vendor refused the request',
    false,
    'operator',
    'see what it says: often a model that does not exist, or a schema it cannot read',
  ),
  MODEL_CONTEXT_TOO_LONG: entry(
    'the conversation does not fit the model',
    false,
    'person',
    'let edges show less of the conversation, or take a model that reads more',
  ),
  MODEL_ARGUMENTS_INVALID: entry(
    'the model called something with arguments that do not satisfy it',
    false,
    'agent',
    'call it again with the named fields corrected',
  ),
  MODEL_TOOL_UNKNOWN: entry(
    'the model called something that is not offered',
    false,
    'agent',
    'call one of the tools listed in the message, by its exact name',
  ),
  MODEL_CHOICE_UNCLEAR: entry(
    'the model chose more than one way on',
    false,
    'agent',
    'call tools first; hand over, escalate or finish on a turn of its own, with one call',
  ),
  MODEL_HANDOVER_NOT_CALLED: entry(
    'the model said that it hands over, and did not',
    false,
    'agent',
    'call transfer_to_..., or answer without announcing a handover',
  ),
  MODEL_ANSWER_EMPTY: entry(
    'the model said nothing',
    false,
    'agent',
    'answer the customer, or call one of the tools',
  ),
  MODEL_ANSWER_CUT: entry(
    'the answer of the model was cut in the middle',
    false,
    'agent',
    'say less at a time; the author may raise `maxOutputTokens`',
  ),
  MODEL_CALL_REPEATED: entry(
    'the model repeats a call that was done',
    false,
    'agent',
    'go on with the result that stands above; nothing was done a second time',
  ),
  BUDGET_SPENT: entry(
    'the next call of a model could spend more than the case may',
    false,
    'person',
    'a person takes the case; raise `limits.costUsd` or `limits.tokens` if journeys need more',
  ),
  TENANT_BUDGET_SPENT: entry(
    'the next call of a model could spend more than its tenant may',
    false,
    'person',
    'a person takes the case; look with `baton budgets list`, raise it with `baton budgets set`',
  ),
  BUDGET_CHANGED: entry(
    'somebody else has changed the budget since it was read',
    false,
    'caller',
    'read it again, and decide with what it is now',
  ),
  MODEL_PRICE_UNKNOWN: entry(
    'the team bounds what models may cost, and nobody knows the price of this one',
    false,
    'operator',
    'set it in BATON_MODEL_PRICES',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of models, their vendors and what they write. */
export function failuresOfModels(): typeof ENTRIES {
  return ENTRIES;
}
