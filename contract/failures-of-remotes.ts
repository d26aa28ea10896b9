import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  A2A_UNREACHABLE: entry(
    'the agent elsewhere cannot be reached',
    true,
    'retry',
    'see whether it is up, and look at its address and credentials',
  ),
  A2A_CARD_UNFIT: entry(
    'the card of the agent elsewhere is not one to work with',
    false,
    'developer',
    'see what it says: the agent must speak A2A 1.0 at the address of its card, and what the team relies on',
  ),
  A2A_REFUSED: entry(
    'the agent elsewhere refused the request',
    false,
    'operator',
    'see what it says: often a missing credential, or a skill that it does not have',
  ),
  A2A_ANSWER_INVALID: entry(
    'the agent elsewhere answered something that is no task or message',
    false,
    'person',
    'see the cause; nothing of the answer was used',
  ),
  A2A_OUTCOME_UNKNOWN: entry(
    'whether the agent elsewhere has the task, it does not say',
    false,
    'person',
    'ask whoever runs it; then redrive the dead letter, or discard it',
  ),
  A2A_TASK_FAILED: entry(
    'the agent elsewhere gave the task up',
    false,
    'person',
    'see what it says; the case goes back to whoever had it, or to people',
  ),
  A2A_TASK_OVERDUE: entry(
    'the agent elsewhere has taken too long',
    false,
    'person',
    'raise `waitMs` of the agent if its work takes longer',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of agents that other vendors run. */
export function failuresOfRemotes(): typeof ENTRIES {
  return ENTRIES;
}
