import type {
  AssessInput,
  BreakerReport,
  BreakerReported,
  ConsultInput,
  DoorKeysInput,
  CallInput,
  CallOutput,
  Crossing,
  FetchPolicyInput,
  ReadinessInput,
  SealInput,
  TurnInput,
  TurnOutput,
  UndoOutput,
} from '../contract/activities.ts';
import type { CaseInput, CaseOutcome, DeadLetter } from '../contract/case.ts';
import type { DirectoryAnswer, DirectoryOccasion } from '../contract/directory.ts';
import type { Failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
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
} from '../contract/message-shapes.ts';
import type { Decision } from '../contract/decision.ts';
import type { Reassign, Release, TakeOver, Whisper } from '../contract/staff-shapes.ts';
import type { LostCalls } from '../contract/model-usage.ts';
import type { Policy } from '../contract/policy/policy.ts';
import type { Signals } from '../contract/policy/signals.ts';
import type { Readiness } from '../contract/readiness.ts';
import type { DoorKey } from '../contract/proof.ts';
import type { Retry, TeamManifest } from '../contract/team.ts';
import type { Call, Intent } from '../contract/turn.ts';
import type { CaseState } from './state.ts';

/** Why an activity did not come to an answer. */
export interface Trouble {
  readonly failure: Failure;
  /** Calls of models that were paid for, or may have been, and came to nothing with it. */
  readonly lost?: LostCalls;
}

/** What people and services say to a case: what a door may refuse. */
export type DoorEvent =
  | { readonly kind: 'said'; readonly message: Say }
  | { readonly kind: 'human-asked'; readonly message: AskForHuman }
  | { readonly kind: 'decided'; readonly message: Decision }
  | { readonly kind: 'claimed'; readonly message: Claim }
  | { readonly kind: 'released'; readonly message: Release }
  | { readonly kind: 'reassigned'; readonly message: Reassign }
  | { readonly kind: 'taken-over'; readonly message: TakeOver }
  | { readonly kind: 'whispered'; readonly message: Whisper }
  | { readonly kind: 'person-replied'; readonly message: PersonReply }
  | { readonly kind: 'gave-back'; readonly message: GiveBack }
  | {
      readonly kind: 'person-resolved';
      readonly message: Resolve;
      /** Taken as it stands in a history that is older than the refusal of unread messages. */
      readonly overUnread?: true;
    }
  /** `endsRemote`: its letter is of a task elsewhere, which is ended there though nothing is taken back. */
  | { readonly kind: 'redriven'; readonly message: Redrive; readonly endsRemote?: true }
  | { readonly kind: 'discarded'; readonly message: Discard }
  | { readonly kind: 'unmask-asked'; readonly message: Unmask }
  | { readonly kind: 'policy-switch-asked'; readonly message: SwitchPolicy };

/** Everything that can happen to a case. */
export type CaseEvent =
  | DoorEvent
  | { readonly kind: 'opened'; readonly input: CaseInput }
  | { readonly kind: 'continued' }
  | {
      readonly kind: 'team-resolved';
      readonly manifest: TeamManifest;
      readonly doorKeys?: readonly DoorKey[];
    }
  | { readonly kind: 'team-failed'; readonly trouble: Trouble }
  | {
      readonly kind: 'assessed';
      readonly sequence: number;
      /** Absent where it could not be assessed: the case goes on without. */
      readonly signals?: Signals;
    }
  /** The version that the case is to switch to, or why it cannot be had. */
  | {
      readonly kind: 'policy-fetched';
      readonly digest: string;
      readonly policy?: Policy;
      readonly failure?: Failure;
    }
  /** An instant has come at which a rule on time may begin or cease to hold. */
  | { readonly kind: 'policy-due' }
  /** What the case is found by must be told now: it has trailed the case for as long as it may. */
  | { readonly kind: 'showing-due' }
  | { readonly kind: 'turn-ended'; readonly turnId: string; readonly output: TurnOutput }
  | { readonly kind: 'turn-failed'; readonly turnId: string; readonly trouble: Trouble }
  /** What was read of the receiver of an open offer, before its pool hears of it. */
  | { readonly kind: 'readiness-read'; readonly turnId: string; readonly readiness: Readiness }
  /** What was read of a receiver for the policy, before its handoff is proposed. */
  | { readonly kind: 'looked-at'; readonly lookId: string; readonly readiness: Readiness }
  /** What a failure that was reported did to an agent's breaker. */
  | { readonly kind: 'failure-reported'; readonly report: BreakerReport; readonly reported: BreakerReported }
  | { readonly kind: 'acknowledged'; readonly acknowledgement: Acknowledgement }
  | { readonly kind: 'offer-expired'; readonly handoffId: string; readonly epoch: number }
  | { readonly kind: 'ask-expired'; readonly askId: string }
  /** An agent elsewhere is to be asked how far it is. */
  | { readonly kind: 'poll-due'; readonly turnId: string }
  /** An agent elsewhere says that there is news of a task. Anybody may have said so. */
  | { readonly kind: 'remote-news'; readonly key: string }
  | { readonly kind: 'call-ended'; readonly key: string; readonly output: CallOutput }
  | { readonly kind: 'call-failed'; readonly key: string; readonly trouble: Trouble }
  | { readonly kind: 'undo-ended'; readonly key: string; readonly output: UndoOutput }
  | { readonly kind: 'undo-failed'; readonly key: string; readonly trouble: Trouble }
  | { readonly kind: 'review-expired'; readonly reviewId: string }
  /** An instant has come at which people who have not decided are reminded, or others are asked besides. */
  | { readonly kind: 'review-due'; readonly reviewId: string }
  /** An approval has not been taken back in its time. */
  | { readonly kind: 'release-due'; readonly reviewId: string }
  /** The same for people who have not taken their case. */
  | { readonly kind: 'people-due' }
  /** Whoever holds the case has done nothing for the time of their lease. */
  | { readonly kind: 'lease-due' }
  | {
      readonly kind: 'consulted';
      readonly pool: string;
      readonly occasion: DirectoryOccasion;
      readonly answer: DirectoryAnswer;
    }
  /** The directory will never answer this question: it is asked again at the next occasion. */
  | { readonly kind: 'consult-failed'; readonly pool: string; readonly trouble: Trouble }
  | { readonly kind: 'door-keys-read'; readonly keys: readonly DoorKey[] }
  /** The keys cannot be had: whoever decides is told that they have not come. */
  | { readonly kind: 'door-keys-failed'; readonly trouble: Trouble }
  /** A door has a signature of a key that the case does not know. */
  | { readonly kind: 'door-keys-wanted' }
  | { readonly kind: 'message-refused'; readonly door: string; readonly failure: Failure }
  | { readonly kind: 'cancel-requested' }
  | {
      readonly kind: 'recorded';
      readonly through: number;
      readonly hash?: string;
      readonly keptThrough?: number;
    }
  /** The ledger refuses the rows for good: another history stands there. */
  | { readonly kind: 'record-failed'; readonly trouble: Trouble };

/** How an activity is to be run. */
export interface ActivityPlan {
  readonly queue: string;
  /** One line for the Temporal UI. */
  readonly summary: string;
  readonly timeoutMs: number;
  /** How long it may wait for a worker. */
  readonly patienceMs: number;
  readonly retry: Retry;
  /** The tool has a rate: a call may have to wait for its turn. */
  readonly limited?: true;
  /** A turn whose end is waited for when it is stopped: its model may have taken something. */
  readonly metered?: true;
}

/** What the loop is to do: everything a decision asks of the world. Ledger rows are added when it is done. */
export type Step =
  | { readonly kind: 'resolve-team'; readonly team: string }
  | {
      readonly kind: 'turn';
      readonly turnId: string;
      readonly plan: ActivityPlan;
      readonly input: Omit<TurnInput, 'rows'>;
    }
  | {
      readonly kind: 'handoff';
      readonly turnId: string;
      readonly plan: ActivityPlan;
      readonly input: Omit<TurnInput, 'rows'>;
      /** Sealed first, by an activity: no source's worker has sealed exactly these facts. */
      readonly seal?: Omit<SealInput, 'rows'>;
      /** Looked at first: the offer goes out only if the case still wants it then. */
      readonly readiness?: ReadinessInput;
    }
  | { readonly kind: 'report-failure'; readonly input: BreakerReport }
  | { readonly kind: 'look-at'; readonly lookId: string; readonly input: ReadinessInput }
  /** An activity reads the signals out of a user's message. */
  | { readonly kind: 'assess'; readonly sequence: number; readonly input: AssessInput }
  | { readonly kind: 'fetch-policy'; readonly input: FetchPolicyInput }
  | { readonly kind: 'look'; readonly plan: ActivityPlan; readonly input: Omit<CallInput, 'rows'> }
  /** Reads what a call would change, for the review that asks about it. */
  | { readonly kind: 'preview'; readonly plan: ActivityPlan; readonly input: Omit<CallInput, 'rows'> }
  | { readonly kind: 'effect'; readonly plan: ActivityPlan; readonly input: Omit<CallInput, 'rows'> }
  | { readonly kind: 'undo'; readonly plan: ActivityPlan; readonly input: Omit<CallInput, 'rows'> }
  /** Asks the directory of people who is of a pool now. */
  | { readonly kind: 'consult'; readonly input: ConsultInput }
  /** Asks a worker for the keys of doors. */
  | { readonly kind: 'read-door-keys'; readonly input: DoorKeysInput }
  /** Cancels what runs under an id: a turn's id or a call's key. */
  | { readonly kind: 'stop'; readonly id: string }
  /** Fires the event at an absolute time. Arming an id again replaces it. */
  | { readonly kind: 'arm'; readonly id: string; readonly at: string; readonly event: CaseEvent }
  | { readonly kind: 'disarm'; readonly id: string }
  /** Flushes all rows, and insists. */
  | { readonly kind: 'record' };

/** A transfer, return or escalation as an agent asked for it. */
export type Handover = Extract<Intent, { kind: 'transfer' | 'return' | 'escalate' }>;

/** A move to people that nobody has to ask an edge for: guards, spent budgets, a user's wish. */
export interface Escalation {
  readonly pool?: string;
  readonly reasonCode: string;
  readonly explanation: string;
  readonly facts?: JsonObject;
}

/** A wish to hand the case on, on its way to guards and policy. */
export interface ProposeNext {
  readonly kind: 'propose';
  readonly handover: Handover;
  readonly crossing: Crossing | undefined;
  readonly confidence: number | undefined;
  /** The policy's own wish, which is not put to the policy again. */
  readonly byPolicy?: true;
  /** What was read of the receiver, where the policy asks for it. */
  readonly readiness?: Readiness;
}

/** What follows within one decision. The rooms of the core know this union, and not each other. */
export type Next =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'take-turn' }
  | {
      readonly kind: 'apply-turn';
      readonly output: TurnOutput;
      readonly seen: number;
      /** A person has said yes to it: it was learnt from and asked about before. */
      readonly approved?: true;
    }
  | { readonly kind: 'turn-trouble'; readonly failure: Failure; readonly lost?: LostCalls }
  | { readonly kind: 'call'; readonly calls: readonly Call[] }
  /** Something has changed in several questions that are worked on side by side. */
  | { readonly kind: 'follow-fan-out' }
  | { readonly kind: 'advance-calls' }
  | ProposeNext
  | { readonly kind: 'offer'; readonly handoffId: string }
  /** A held handoff was refused by a person or by time. */
  | { readonly kind: 'refuse-handoff'; readonly handoffId: string; readonly failure: Failure }
  | { readonly kind: 'escalate'; readonly escalation: Escalation }
  | {
      readonly kind: 'park';
      readonly letter: Pick<DeadLetter, 'kind' | 'subject' | 'agent' | 'failure'> & {
        readonly payload: JsonValue;
      };
    }
  | { readonly kind: 'unwind'; readonly ending: CaseOutcome }
  /** `ends` is the key of a task elsewhere that a person has asked to be ended. */
  | { readonly kind: 'next-undo'; readonly ends?: string }
  | { readonly kind: 'close' };

/** What the core answers: the next state, what to do, and what to tell whoever asked. */
export interface Decided {
  readonly state: CaseState;
  readonly steps: readonly Step[];
  /** For door events that were taken. */
  readonly receipt?: Receipt;
}
