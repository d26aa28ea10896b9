import type { Adapted } from './adapters.ts';
import type { BreakerRules } from './breaker.ts';
import type { ContextReference } from './context.ts';
import type { Message } from './conversation.ts';
import type { DirectoryAnswer, DirectoryQuestion } from './directory.ts';
import type { Envelope, Summary } from './envelope.ts';
import type { FanOutAnswer } from './fan-out.ts';
import type { Failure } from './failures.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { LedgerRow } from './ledger.ts';
import type { Policy } from './policy/policy.ts';
import type { Signals } from './policy/signals.ts';
import type { Readiness } from './readiness.ts';
import type { Acknowledgement } from './message-shapes.ts';
import type { Seal } from './seal.ts';
import type { Masked } from './redaction.ts';
import type { Review } from './review.ts';
import type { RemoteTask } from './remote-task.ts';
import type { Allowance, ModelUsage } from './model-usage.ts';
import type { DoorKey, ResolvedTeam } from './proof.ts';
import type { AgentTurn } from './turn.ts';
import type { MemoryCrossing, MemoryOutline, WorkingMemory } from './working-memory.ts';

/** Which version of its policy a running case wants. */
export interface FetchPolicyInput extends Omit<CaseContext, 'rows'> {
  readonly policyVersion: string;
  readonly digest: string;
}

/** The version that was asked for. */
export interface FetchedPolicy {
  readonly policy: Policy;
}

/** What every activity of a case is told, and the ledger rows it takes along (I9). */
export interface CaseContext {
  readonly version: '1.0.0';
  readonly caseId: string;
  readonly trace: string;
  readonly team: string;
  /** The pinned manifest; workers read it by digest. */
  readonly manifest: string;
  /**
   * Rows authored since the last flush, in order; appended before anything else. A store that cannot be reached
   * does not spend the agent's attempts: the rows come again with the next activity, and `record` insists.
   */
  readonly rows: readonly LedgerRow[];
  /** `user.id` of the case, under whose key its words are kept; only in private teams, and where somebody is named. */
  readonly person?: string;
}

/** How far the stores got with what came along. */
export interface Recorded {
  /** The last ledger row an activity appended, or 0 when the store could not be reached. */
  readonly recordedThrough: number;
  /**
   * Hash of that row, as the store has it. A case that is replayed may come to another one: a worker that is too
   * slow for its workflow task has its commands taken with the time of the task before, and replays with the later.
   * The next row follows what is stored (I9, I11).
   */
  readonly recordedHash?: string;
  /** The last message that the context store is known to have; absent where the worker has no such store. */
  readonly keptThrough?: number;
}

/** Messages of a conversation that stand in the context store: those after one sequence, through another. */
export interface KeptMessages {
  readonly after: number;
  readonly through: number;
}

/** What travels of a conversation: each message once where a context store keeps them, and a window otherwise (X9). */
export interface ConversationAlong {
  /** Messages that no store is known to have, in order. */
  readonly conversation: readonly Message[];
  /** Earlier ones, for whoever needs them to read; absent while nothing is kept. */
  readonly kept?: KeptMessages;
}

/** The answer to one call, as the agent sees it on its next turn. */
export interface CallAnswer {
  readonly id: string;
  readonly tool: string;
  readonly answer:
    | { readonly kind: 'done'; readonly result: JsonValue }
    /** The tool said no, a person said no, or a guard did; nothing was written. */
    | { readonly kind: 'refused'; readonly failure: Failure }
    /** The effect exhausted its attempts and was undone; nothing of it remains. */
    | { readonly kind: 'failed'; readonly failure: Failure };
  /** Present for a question that was put beside others. */
  readonly asked?: FanOutAnswer;
}

/** Something an agent must know before it goes on: a refused transfer, a decision, a failed receiver. */
export type Notice =
  | { readonly kind: 'handoff-refused'; readonly to: string; readonly failure: Failure }
  | { readonly kind: 'handoff-failed'; readonly to: string; readonly failure: Failure }
  | { readonly kind: 'output-invalid'; readonly failure: Failure }
  /** Too few of the questions of the last turn were answered: what was written for them was taken back. */
  | { readonly kind: 'fan-out-unmet'; readonly fanOut: string; readonly failure: Failure }
  | {
      readonly kind: 'review-decided';
      readonly question: string;
      readonly decision: 'approve' | 'reject' | 'expired';
      readonly by?: string;
      readonly reason: string;
    }
  | { readonly kind: 'given-back'; readonly by: string; readonly note: string }
  | { readonly kind: 'dead-letter-discarded'; readonly reason: string }
  /** A person's word, which the user never sees. */
  | { readonly kind: 'whisper'; readonly by: string; readonly note: string };

/** The receiver's side of an open offer. */
export interface Offer {
  readonly handoffId: string;
  readonly epoch: number;
  /** Digest of the envelope as the workflow sent it, its seal left out. */
  readonly digest: string;
  /** Names of the facts that crossed, where the source's edge measured them: the receiver measures the same (X6). */
  readonly crossed?: readonly string[];
  /** What crossed of the source's working memory, measured with the facts; absent where nothing did. */
  readonly crossedMemory?: MemoryOutline;
}

/** A question of one agent to another, or of a person to the agent whose review they are to decide. */
export interface AskedQuestion {
  readonly askId: string;
  readonly by: string;
  readonly reasonCode: string;
  readonly question: string;
  /** The fan-out that it is one of; absent where it was put alone. */
  readonly fanOut?: string;
  /**
   * What the person is to decide, where one asks. A reply explains it; the same call with other arguments, or another
   * review of the agent's own, takes its place. Nothing else can be done in such a turn.
   */
  readonly review?: Pick<Review, 'id' | 'kind' | 'question' | 'subject'>;
}

/** Input of one turn of an agent: everything it needs, for agents are stateless (X10). */
export interface TurnInput extends CaseContext, ConversationAlong {
  readonly agent: string;
  readonly agentVersion: string;
  /** Number of this turn within the case. */
  readonly turn: number;
  readonly envelope: Envelope;
  /** Sequence of the last message the agent has answered to; later ones are new. */
  readonly answeredUpTo: number;
  readonly answers: readonly CallAnswer[];
  readonly notices: readonly Notice[];
  /** Present on the first turn after a handoff: validate, acknowledge, then work. */
  readonly offer?: Offer;
  /** Present where the agent is asked, and owns nothing: its answer goes to whoever asked. */
  readonly asked?: AskedQuestion;
  /** Facts that the user was asked for last; absent where they were asked for none. */
  readonly missing?: readonly string[];
  /** Last entry of the agent's thread with its model, in the context store; absent before its first. */
  readonly thread?: ContextReference;
  /** What may still be spent on models; absent where the team sets no bound. */
  readonly allowance?: Allowance;
  /** The task at the other side; present for agents elsewhere. */
  readonly remote?: RemoteTask;
}

/** What crosses an edge, as the source's exit edge cut it: raw data that may not cross never enters the history. */
export interface Crossing {
  readonly to: string;
  readonly facts: JsonObject;
  /** Names the receiver declares and the source had. */
  readonly declared: readonly string[];
  /** Paths left behind. */
  readonly dropped: readonly string[];
  /** The source's working memory as the receiver takes it up; absent where the source had none (H8). */
  readonly memory?: MemoryCrossing;
  /** Facts that crossed under another name. Absent when none did. */
  readonly adapted?: readonly Adapted[];
  /** What was masked in facts and texts. Absent when nothing was. */
  readonly masked?: readonly Masked[];
  /** Where the originals of what was masked are kept. Absent where nothing was, or no context store is. */
  readonly originals?: ContextReference;
  /** What would cross to the edge's stand-ins, where any edge between them redacts: workflows detect nothing. */
  readonly standIns?: Readonly<Record<string, StandInCrossing>>;
  /** Why the receiver would not accept these facts. */
  readonly failure?: Failure;
  /** Digest of what crosses, references resolved: equal to the receiver's where nothing was lost (X6). */
  readonly digest?: string;
  /** Summary made at the boundary, for edges that ask for one (X1). */
  readonly summary?: Summary;
  /** Tokens of the summary (o200k). */
  readonly summaryTokens?: number;
  /** The source's seal over what crosses, where the team asks for signed handoffs. */
  readonly seal?: Seal;
}

/** Facts prepared for a stand-in. */
export type StandInCrossing = Pick<
  Crossing,
  'facts' | 'declared' | 'dropped' | 'memory' | 'adapted' | 'masked' | 'originals'
>;

/** Input of a flush: ledger rows, and messages once a context store keeps them. */
export interface RecordInput extends CaseContext, Partial<ConversationAlong> {
  /** `user.id` of the case, by whom its context can be erased; absent where nobody is named. */
  readonly person?: string;
}

/** A handoff that the workflow or a person originates, on its way to be sealed. */
export interface SealInput extends CaseContext {
  readonly edge: { readonly from: string; readonly to: string };
  /** Everything the receiver is to get. */
  readonly facts: JsonObject;
  readonly memory?: WorkingMemory;
  /** What a source has sealed of it, where the workflow has joined that with what the receiver knew before. */
  readonly source?: {
    readonly nonce: string;
    readonly signature: string;
    readonly facts: JsonObject;
    readonly memory?: WorkingMemory;
  };
}

/** Result of one turn. */
export type TurnOutput =
  | {
      readonly kind: 'turned';
      readonly turn: AgentTurn;
      /** Records read that this turn made its agent forget: more were read than are kept. */
      readonly forgotten?: number;
      /** For a transfer, return or escalation whose target the manifest knows. */
      readonly crossing?: Crossing;
      /** For several questions: what crosses with each, in their order; null where nobody may ask so. */
      readonly crossings?: readonly (Crossing | null)[];
      /** For a finish: what of the working memory goes back to the house that handed the case over; absent without one. */
      readonly handsBack?: MemoryCrossing;
      readonly acknowledgement?: Acknowledgement;
      /** BCP 47 tag of what the user wrote last, as the agent was told (X7). */
      readonly language?: string;
      readonly thread?: ContextReference;
      readonly usage?: ModelUsage;
      readonly remote?: RemoteTask;
    }
  /** The other side works on it: the same turn is taken again after a pause, and no activity sits meanwhile. */
  | {
      readonly kind: 'waiting';
      readonly remote: RemoteTask;
      /** Milliseconds. */
      readonly pauseMs: number;
      readonly acknowledgement?: Acknowledgement;
    }
  /** Facts that the agent needs are not known: it has not worked, and the user is to be asked (U13). */
  | {
      readonly kind: 'lacking';
      /** Names of what is missing, in the order in which the agent needs them. */
      readonly missing: readonly string[];
      /** What the user has told of what was needed. */
      readonly facts: JsonObject;
      readonly acknowledgement?: Acknowledgement;
      readonly language?: string;
    }
  /** The receiver does not take the case. Possible only before accepting. */
  | { readonly kind: 'declined'; readonly failure: Failure }
  /** What the agent returned breaks the contract; the issues go back to it. */
  | {
      readonly kind: 'invalid';
      readonly failure: Failure;
      readonly acknowledgement?: Acknowledgement;
      readonly thread?: ContextReference;
      readonly usage?: ModelUsage;
      readonly remote?: RemoteTask;
    };

/** Input of one tool call. */
export interface CallInput extends CaseContext {
  readonly agent: string;
  readonly tool: string;
  readonly callId: string;
  /** Idempotency key; the receiver of the effect knows a repeat by it (R1). */
  readonly key: string;
  /** Workflow's half of the fence; the attempt is the activity's. */
  readonly epoch: number;
  /** Attempts that activities of this call have made before it waited for the rate of its tool; 0 when absent. */
  readonly attempted?: number;
  /** The only tools that the case allows; all when absent. An undo is always allowed. */
  readonly allowedActions?: readonly string[];
  readonly arguments: JsonObject;
}

/** Result of one tool call that came to an answer. Everything else is a failure of the activity. */
export type CallOutput =
  | { readonly kind: 'done'; readonly result: JsonValue }
  | { readonly kind: 'refused'; readonly failure: Failure };

/** Result of one undo. A failure of the activity becomes a dead letter. */
export interface UndoOutput {
  readonly kind: 'undone' | 'tombstoned';
}

/** A user's message on its way to be assessed. */
export interface AssessInput {
  readonly version: '1.0.0';
  readonly caseId: string;
  readonly trace: string;
  readonly text: string;
  /** The user's messages before it, oldest first, shortened. */
  readonly earlier: readonly string[];
  /** Phrases to look for, as the policy names them. */
  readonly keywords: Readonly<Record<string, readonly string[]>>;
}

/** A question to the directory of people. */
export interface ConsultInput extends DirectoryQuestion {
  readonly version: '1.0.0';
  readonly trace: string;
}

/** Which agent is looked at before it is offered a case. */
export interface ReadinessInput extends Omit<CaseContext, 'rows' | 'manifest'> {
  readonly agent: string;
  readonly agentVersion: string;
  readonly queue: string;
  /** The breaker to ask, and on behalf of which handoff; absent where only the load is read. */
  readonly breaker?: { readonly handoff: string; readonly rules: BreakerRules };
}

/** A failure of an agent that its worker could not report: it may be the worker that is gone. */
export interface BreakerReport extends Omit<CaseContext, 'rows' | 'manifest'> {
  readonly agent: string;
  readonly agentVersion: string;
  readonly rules: BreakerRules;
  /** What failed; the same again is the same failure. */
  readonly key: string;
  /** Key of the handoff whose first turn it was. */
  readonly handoff?: string;
  readonly code: string;
}

/** What a report did to the breaker. */
export interface BreakerReported {
  readonly state: 'closed' | 'open' | 'half-open';
  /** It is this report that isolated the agent. */
  readonly opened: boolean;
  readonly failures: number;
  readonly until?: string;
}

/** A question for the keys of doors. */
export interface DoorKeysInput {
  readonly version: '1.0.0';
  readonly caseId: string;
  readonly trace: string;
}

/**
 * The activities of a case. The workflow proxies this interface and the worker implements it; neither knows the
 * other. Names are activity types: `handoff` is a receiver's first turn, so that each handoff is one recognisable
 * step of the history (C2).
 */
export interface CaseActivities {
  /** Reads the signals out of a user's message. It runs where the case does. */
  assess(input: AssessInput): Promise<Signals>;
  /** The team's manifest, with the keys of doors where this worker knows any. */
  'resolve-team'(input: { readonly team: string }): Promise<ResolvedTeam>;
  /** The keys of doors as they are now. Only in cases with reviews that ask for proven decisions. */
  'door-keys'(input: DoorKeysInput): Promise<{ readonly keys: readonly DoorKey[] }>;
  /** A published version of the team's policy, for a running case that is to switch to it. */
  'fetch-policy'(input: FetchPolicyInput): Promise<FetchedPolicy>;
  turn(input: TurnInput): Promise<TurnOutput & Recorded>;
  handoff(input: TurnInput): Promise<TurnOutput & Recorded>;
  /** A call that changes nothing. */
  look(input: CallInput): Promise<CallOutput & Recorded>;
  /** Reads the record that a write would change, for a review. Only for tools that can. */
  preview(input: CallInput): Promise<CallOutput & Recorded>;
  /** A call that writes. */
  effect(input: CallInput): Promise<CallOutput & Recorded>;
  undo(input: CallInput): Promise<UndoOutput & Recorded>;
  /** Seals a handoff that no source's worker has sealed. Only in teams that ask for signed handoffs. */
  seal(input: SealInput): Promise<Seal>;
  /** Asks the directory of people who is of a pool now. Only in teams with pools that a directory knows. */
  consult(input: ConsultInput): Promise<DirectoryAnswer>;
  /** Reads an agent's breaker and load before it is offered a case. Only for agents with a breaker, and policies that ask. */
  readiness(input: ReadinessInput): Promise<Readiness>;
  /** Counts a failure of an agent with a breaker. */
  'report-failure'(input: BreakerReport): Promise<BreakerReported>;
  /** Flushes ledger rows, and messages where a context store keeps them. */
  record(input: RecordInput): Promise<Recorded>;
}
