import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CaseStatus, CaseView } from './case.ts';
import type { Message } from './conversation.ts';
import type {
  Acknowledgement,
  AskForHuman,
  Claim,
  Discard,
  GiveBack,
  PersonReply,
  Receipt,
  Redrive,
  Resolve,
  Say,
  SwitchPolicy,
  Unmask,
} from './message-shapes.ts';
import type { Reassign, Release, TakeOver, Whisper } from './staff-shapes.ts';
import type { Decision } from './decision.ts';

/** Every message of a case by name. Names are promises: they stand in histories and in people's scripts. */
export const MESSAGES = {
  say: defineUpdate<Receipt, [Say]>('say'),
  askForHuman: defineUpdate<Receipt, [AskForHuman]>('ask-for-human'),
  decide: defineUpdate<Receipt, [Decision]>('decide'),
  claim: defineUpdate<Receipt, [Claim]>('claim'),
  release: defineUpdate<Receipt, [Release]>('release'),
  reassign: defineUpdate<Receipt, [Reassign]>('reassign'),
  takeOver: defineUpdate<Receipt, [TakeOver]>('take-over'),
  whisper: defineUpdate<Receipt, [Whisper]>('whisper'),
  reply: defineUpdate<Receipt, [PersonReply]>('reply'),
  giveBack: defineUpdate<Receipt, [GiveBack]>('give-back'),
  resolve: defineUpdate<Receipt, [Resolve]>('resolve'),
  redrive: defineUpdate<Receipt, [Redrive]>('redrive'),
  discard: defineUpdate<Receipt, [Discard]>('discard'),
  unmask: defineUpdate<Receipt, [Unmask]>('unmask'),
  switchPolicy: defineUpdate<Receipt, [SwitchPolicy]>('switch-policy'),
} as const;

/** Plain signals, as sent from the Temporal UI or `temporal workflow signal`: same rules as the updates. */
export const SIGNALS = {
  say: defineSignal<[Say]>('say'),
  askForHuman: defineSignal<[AskForHuman]>('ask-for-human'),
  decide: defineSignal<[Decision]>('decide'),
  claim: defineSignal<[Claim]>('claim'),
  release: defineSignal<[Release]>('release'),
  reassign: defineSignal<[Reassign]>('reassign'),
  takeOver: defineSignal<[TakeOver]>('take-over'),
  whisper: defineSignal<[Whisper]>('whisper'),
  /** Sent by the receiver's activity, never by people. */
  accepted: defineSignal<[Acknowledgement]>('accepted'),
} as const;

/**
 * Sent by doors whose key a case does not know: a worker is asked for the keys anew. It is none of {@link SIGNALS}, which refusals name in rows of the ledger.
 */
export const DOOR_KEYS_WANTED = defineSignal('door-keys-wanted');

/**
 * Sent by the service when an agent elsewhere says that there is news of a task, which its key names. It wakes, and is
 * none of {@link SIGNALS}, as {@link DOOR_KEYS_WANTED}.
 */
export const REMOTE_NEWS = defineSignal<[{ readonly key: string }]>('remote-news');

/** Live questions to a case; they need a worker. */
export const QUERIES = {
  status: defineQuery<CaseStatus>('status'),
  show: defineQuery<CaseView>('show'),
  transcript: defineQuery<readonly Message[]>('transcript'),
} as const;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  say: 'The user writes: { messageId, text }',
  'ask-for-human': 'The user wants a human: { by, reason }, both optional',
  decide: 'A person decides a review: { reviewId, digest, decision: "approve" or "reject", by, reason }',
  claim: 'A person of the pool takes the case: { by }',
  release: 'Whoever holds the case lets go of it: { by, note }, the note optional',
  reassign: 'The case is put into other hands: { by, to, reason }',
  'take-over': 'A person takes the case, whoever has it: { by, reason, pool }, the pool optional',
  whisper: 'A word to whoever works on the case, never to its user: { by, note }',
  accepted: 'Sent by workers, never by people',
  'remote-news': 'Sent by doors when an agent elsewhere has news of a task, never by people',
  'door-keys-wanted': 'Sent by doors that sign decisions, never by people',
};

/** What a signal is for and what it takes, as the Temporal UI shows it to whoever sends one. */
export function signalDescription(name: string): string {
  return (Object.hasOwn(DESCRIPTIONS, name) ? DESCRIPTIONS[name] : undefined) ?? name;
}
