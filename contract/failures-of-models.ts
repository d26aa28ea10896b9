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
} as const satisfies Record<string, FailureEntry>;

/** Failures of models, their vendors and what they write. */
export function failuresOfModels(): typeof ENTRIES {
  return ENTRIES;
}
