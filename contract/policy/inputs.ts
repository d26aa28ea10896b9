import { getOwn } from '../json.ts';

/**
 * When rules are asked: `message` when a user's message has been assessed, `turn` when an agent's turn has ended and
 * before its intent is applied, `handoff` when the guards have let a handoff of an agent pass, `time` when time alone
 * has made a rule's condition true.
 */
export type PolicyMoment = 'message' | 'turn' | 'handoff' | 'time';

/** All moments, for messages and schemas. */
export function policyMoments(): readonly [PolicyMoment, ...PolicyMoment[]] {
  return ['message', 'turn', 'handoff', 'time'];
}

/** What is known of one input: its type decides which comparisons make sense. */
export interface PolicyInput {
  readonly type: 'number' | 'text' | 'boolean';
  /** Absent: known at every moment. */
  readonly only?: readonly PolicyMoment[];
  /** Only instants, which pass by themselves: rules that wait for them need no event. */
  readonly clock?: 'since' | 'until';
  /** Known, and recorded, only where a rule of the policy reads it: finding out costs something. */
  readonly onDemand?: true;
  readonly meaning: string;
}

const TURN = ['turn', 'handoff'] as const;
const HANDOFF = ['handoff'] as const;

const INPUTS: Readonly<Record<string, PolicyInput>> = {
  owner: { type: 'text', meaning: "the owner: an agent's name, or people:<pool>" },
  'owner-kind': { type: 'text', meaning: '`agent` or `people`' },
  domain: { type: 'text', meaning: 'domain of the owning agent' },
  channel: { type: 'text', meaning: 'channel of the case, as its opener named it' },
  language: { type: 'text', meaning: "language of the user's last message, such as en, hi, hi-Latn, ta, te" },
  stage: { type: 'text', meaning: 'stage of the case, such as waiting-user or human' },
  claimed: { type: 'boolean', meaning: 'whether a person holds the case' },
  hops: { type: 'number', meaning: 'changes of owner between agents so far' },
  'hops-left': { type: 'number', meaning: "changes of owner that the team's limit still allows" },
  fallbacks: { type: 'number', meaning: 'automated fallbacks so far' },
  'turns-since-answer': { type: 'number', meaning: 'turns in a row without an answer to the user' },
  'user-messages': { type: 'number', meaning: 'messages of the user so far' },
  completed: { type: 'number', meaning: 'parts of the task that are done' },
  remaining: { type: 'number', meaning: 'parts of the task that are left' },
  unable: { type: 'number', meaning: 'parts of the task that an agent could not do' },
  'asks-for-human': { type: 'boolean', meaning: "the user's last message asks for a human" },
  legal: { type: 'boolean', meaning: "the user's last message speaks of courts, lawyers or authorities" },
  clarifies: { type: 'boolean', meaning: "the user's last message says that the answer missed the question" },
  frustration: { type: 'number', meaning: "frustration in the user's last message, 0 to 1" },
  'frustration-so-far': { type: 'number', meaning: 'frustration of all messages together, 0 and up' },
  sentiment: { type: 'number', meaning: "sentiment of the user's last message, -1 to 1" },
  repeats: { type: 'number', meaning: 'earlier messages of the user that say the same as the last one' },
  'repeats-so-far': { type: 'number', meaning: 'messages of the user that repeat an earlier one' },
  'clarifications-so-far': {
    type: 'number',
    meaning: 'messages in which the user said that the answer missed',
  },
  proposed: {
    type: 'text',
    meaning:
      "label that a learned policy gave the user's last message; unknown without one, and when it was late",
  },
  'proposed-confidence': { type: 'number', meaning: 'how sure the learned policy is, 0 to 1' },
  score: { type: 'number', meaning: "weighted sum of signals, as the policy's `score` says" },
  confidence: { type: 'number', only: TURN, meaning: "the agent's own confidence in its turn, 0 to 1" },
  intent: { type: 'text', only: TURN, meaning: 'reply, call, transfer, return or finish' },
  outcome: { type: 'text', only: ['turn'], meaning: 'outcome of a turn that finishes' },
  to: { type: 'text', only: HANDOFF, meaning: 'receiver of the handoff' },
  edge: { type: 'text', only: HANDOFF, meaning: 'the pair, such as `triage -> billing`' },
  'reason-code': { type: 'text', only: HANDOFF, meaning: "the handoff's reason, as the agent names it" },
  oscillations: {
    type: 'number',
    only: HANDOFF,
    meaning: 'how often the case would have gone back to where it had just been, this handoff included',
  },
  'same-handoffs': {
    type: 'number',
    only: HANDOFF,
    meaning: 'earlier handoffs of the case with the same fingerprint: receiver, reason and facts',
  },
  'since-handoff-ms': { type: 'number', only: HANDOFF, meaning: 'milliseconds since the owner last changed' },
  backlog: {
    type: 'number',
    only: HANDOFF,
    onDemand: true,
    meaning:
      "tasks that wait on the receiver's queue, looked up before; unknown when the look is older than 5 s",
  },
  'backlog-age-ms': {
    type: 'number',
    only: HANDOFF,
    onDemand: true,
    meaning: "milliseconds for which the oldest task has waited on the receiver's queue",
  },
  workers: {
    type: 'number',
    only: HANDOFF,
    onDemand: true,
    meaning: "workers that serve the receiver's queue; 0 when nobody does",
  },
  'tokens-spent': { type: 'number', onDemand: true, meaning: 'tokens of models so far, in and out' },
  'usd-spent': { type: 'number', onDemand: true, meaning: 'US dollars that models have cost so far' },
  'tokens-left': {
    type: 'number',
    onDemand: true,
    meaning: "tokens that the team's limit still allows; unknown without one",
  },
  'usd-left': {
    type: 'number',
    onDemand: true,
    meaning: "US dollars that the team's limit still allows; unknown without one",
  },
  'budget-left': {
    type: 'number',
    onDemand: true,
    meaning:
      'share of the budget that is left, 1 to 0, of tokens or money, whichever is less; unknown without',
  },
  'elapsed-ms': { type: 'number', clock: 'since', meaning: 'milliseconds since the case was opened' },
  'owned-ms': { type: 'number', clock: 'since', meaning: 'milliseconds since the owner took the case' },
  'waiting-ms': {
    type: 'number',
    clock: 'since',
    meaning: 'milliseconds for which the user has waited for an answer; unknown when nothing is unanswered',
  },
  'idle-ms': {
    type: 'number',
    clock: 'since',
    meaning: 'milliseconds for which the user has said nothing though the case waits for them; else unknown',
  },
  'deadline-in-ms': {
    type: 'number',
    clock: 'until',
    meaning: "milliseconds until the task's deadline, negative behind it; unknown without one",
  },
};

/** Begins the names of what a policy's own `keywords` find: `keyword.cancellation`. */
export const KEYWORD_INPUT = 'keyword.';

/** What is known of an input by its name, or undefined when there is none of that name. */
export function policyInput(name: string): PolicyInput | undefined {
  if (name.startsWith(KEYWORD_INPUT) && name.length > KEYWORD_INPUT.length)
    return { type: 'boolean', meaning: "the user's last message has one of these phrases" };
  return getOwn(INPUTS, name);
}

/** Names of the fixed inputs, in order of the catalogue. */
export function policyInputNames(): readonly string[] {
  return Object.keys(INPUTS);
}

/** Whether an input is known at a moment. */
export function isKnownAt(input: PolicyInput, moment: PolicyMoment): boolean {
  return input.only === undefined || input.only.includes(moment);
}
