import type { CallAnswer, Crossing, KeptMessages, Notice } from '../contract/activities.ts';
import type {
  CaseInput,
  CaseOutcome,
  CaseView,
  DeadLetter,
  EffectRecord,
  HandoffRecord,
  SagaOutcome,
  Unattended,
} from '../contract/case.ts';
import type { ContextReference } from '../contract/context.ts';
import type { Message, Speaking, UserProfile } from '../contract/conversation.ts';
import type { DirectorySnapshot } from '../contract/directory.ts';
import type { MissingFact } from '../contract/missing.ts';
import type { Allowance, CaseSpend } from '../contract/model-usage.ts';
import type { HandedOver, Provenance, Task, Transfer } from '../contract/envelope.ts';
import type { Failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { getOwn } from '../contract/json.ts';
import type { LedgerHead, LedgerRow } from '../contract/ledger.ts';
import { GENESIS_HASH } from '../contract/ledger.ts';
import type { ProposeNext } from './events.ts';
import type { FanOut } from './fan-out-state.ts';
import type { Policed } from './policed.ts';
import type { CaseStage } from '../contract/lifecycle.ts';
import type { DoorKey } from '../contract/proof.ts';
import type { Review } from '../contract/review.ts';
import type { RemoteTask } from '../contract/remote-task.ts';
import type { Seal } from '../contract/seal.ts';
import type { TeamManifest } from '../contract/team.ts';
import type { UnmaskGrant } from '../contract/unmasking.ts';
import type { WorkingMemory } from '../contract/working-memory.ts';

/** One call of the turn at hand. `held` waits for a person, `undoing` for the undo of a failed effect. */
export interface PendingCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly effect: 'read' | 'write';
  readonly status: 'waiting' | 'held' | 'running' | 'undoing' | 'answered';
  readonly reviewId?: string;
  /** What the call would change is being read, for the review; the call itself has not begun. */
  readonly previewing?: true;
  /** What it would change, as it was read, or why it could not be. */
  readonly preview?: { readonly record: JsonValue } | { readonly failure: Failure };
  /** Set once the call has a step of its own. */
  readonly key?: string;
  readonly answer?: CallAnswer;
}

/** What the case is doing: one thing at a time, so that one owner means one line of work (I1). */
export type Work =
  | { readonly kind: 'resolving' }
  /** The agent waits for its user, or people own the case. */
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'turn';
      readonly turnId: string;
      readonly seen: number;
      /** What its agent works at, as far as that is known before it answers (A3). */
      readonly skill?: string;
      /** The step of its envelope, where others work beside it and raise the case's. */
      readonly step?: number;
    }
  /** An agent elsewhere works on it; the same turn is taken again at this instant, or when there is news for it. */
  | {
      readonly kind: 'waiting';
      readonly turnId: string;
      readonly seen: number;
      readonly until: string;
      /** When it began to wait, where the other side was asked to call when there is news; absent otherwise. */
      readonly since?: string;
      readonly step?: number;
    }
  /** Several agents are asked at once: each line of work is a branch of its own. */
  | FanOut
  | { readonly kind: 'calls'; readonly calls: readonly PendingCall[] }
  /** What the user said is being assessed before its turn. */
  | { readonly kind: 'assessing' }
  /** An offer under way: the source is still the owner. */
  | { readonly kind: 'offer'; readonly handoffId: string; readonly turnId: string; readonly seen: number }
  | { readonly kind: 'held'; readonly handoffId: string; readonly reviewId: string }
  | { readonly kind: 'question'; readonly reviewId: string }
  /** `seen` is the last message that the parked work knew of. */
  | { readonly kind: 'parked'; readonly deadLetterId: string; readonly seen: number }
  | { readonly kind: 'unwinding'; readonly remaining: readonly string[]; readonly current?: string }
  /** Compensations that only a person can finish. */
  | { readonly kind: 'unwound' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'closed' };

/** What one owner knows and how it came by the case. Each keeps its own; only what is accepted crosses (I6). */
export interface OwnerMemory {
  readonly facts: JsonObject;
  readonly recordsRead: readonly string[];
  /** What it is after; absent until somebody has said so. */
  readonly intent?: string;
  /** Results by name that are not facts yet; absent where there are none. */
  readonly partialResults?: JsonObject;
  readonly transfer?: Transfer;
  /** Messages of the case when this owner last gave it away; kept only where an edge of the team redacts. */
  readonly leftAt?: number;
  /** Last entry of its thread with a model, in the context store. Each owner has a thread of its own. */
  readonly thread?: ContextReference;
}

/** A question of one agent to another that waits for its answer. */
export interface AskFrame {
  /** `a1` for the first of the case. */
  readonly id: string;
  readonly by: string;
  readonly to: string;
  /** The asker's own name for it. */
  readonly callId: string;
  readonly reasonCode: string;
  readonly question: string;
  /** What the asked one knows: what crossed, and what it learnt since. Its memory as an owner is another one. */
  readonly memory: OwnerMemory;
  /** What the answer may take of models. */
  readonly bounds: Allowance;
  /** What it has taken so far, with the questions it led to. */
  readonly spent: { readonly tokens: number; readonly microUsd: number };
  readonly expiresAt: string;
  /** The fan-out that it is one of; absent where it was put alone. */
  readonly fanOut?: string;
}

/** What the user was asked to tell. */
export interface Clarification {
  readonly missing: readonly MissingFact[];
  /** Names of those that the last question was about. */
  readonly asked: readonly string[];
  /** Times in a row that the user was asked, with nothing of it told in between. */
  readonly times: number;
}

/** A person's question on a review, on its way to the agent that asks for it. */
export interface Inquiry {
  readonly reviewId: string;
  readonly agent: string;
  /** The agent's turn that answers it, beside whatever the case is doing. */
  readonly turnId: string;
}

/** A task at an agent elsewhere, and whose it is. */
export interface OpenRemoteTask extends RemoteTask {
  readonly agent: string;
  /** There was news while it was being looked at: it is looked at again soon. Absent without. */
  readonly news?: true;
}

/** A turn that the case stopped, until it has ended: whom what its model took is put down to. */
export interface StoppedTurn {
  readonly turnId: string;
  readonly agent: string;
  /** Of an offer that was withdrawn, else the one that had brought the case to its owner. */
  readonly handoffId?: string;
  readonly skill?: string;
  /** Questions that were open: those that still are have paid for it. */
  readonly asks?: readonly string[];
  /** What it may still spend of what was reserved for its question: until it has ended, nobody else may. */
  readonly reserved?: Allowance;
}

/** An accepted handoff as the cycle guard remembers it. */
export interface Footprint {
  readonly from: string;
  readonly to: string;
  readonly fingerprint: string;
  /** User messages at the time: a new one makes the same handoff new work. */
  readonly userMessages: number;
}

/** What a transfer carries while it is held, offered or parked. */
export interface Parcel {
  readonly handoffId: string;
  readonly facts: JsonObject;
  readonly transfer: Transfer;
  /** What crosses of the source's working memory; absent where nothing does. */
  readonly memory?: WorkingMemory;
  /** Names of the facts that crossed, where the source's edge measured them. */
  readonly crossed?: readonly string[];
  readonly noReturn: boolean;
  readonly offerMs: number;
  /** Stand-ins not yet tried. */
  readonly fallback: readonly string[];
  /** The source's seal over the facts as they crossed; absent for what no source sealed. */
  readonly seal?: Seal;
  /** What crosses to each stand-in, prepared where an edge to any of them redacts. */
  readonly standIns?: Crossing['standIns'];
}

/**
 * Everything a case is, as plain JSON: what the decision core takes and gives, and what continue-as-new carries.
 * A new field is optional, or the version rises.
 */
export interface CaseState {
  readonly version: '1.0.0';
  readonly caseId: string;
  readonly trace: string;
  readonly team: string;
  readonly manifest: TeamManifest | null;
  readonly manifestDigest: string;
  readonly task: Task;
  readonly user?: UserProfile;
  readonly channel?: string;
  readonly locale?: string;
  /** Language in which Baton itself speaks to the user; English when absent. */
  readonly speaks?: string;
  /** Whom the user was last told to be talking to (U4). */
  readonly disclosed?: Speaking;
  readonly stage: CaseStage;
  readonly owner: string;
  readonly claimedBy?: string;
  readonly work: Work;
  readonly memory: Readonly<Record<string, OwnerMemory>>;
  /** Questions that wait for their answers, each for the next; absent before the first. */
  readonly asks?: readonly AskFrame[];
  readonly askCount?: number;
  /** How often several questions were put at once; absent before the first time. */
  readonly fanOutCount?: number;
  /** Tasks at agents elsewhere that are not over; absent before the first. */
  readonly remotes?: readonly OpenRemoteTask[];
  readonly path: readonly string[];
  /** Id of the accepted handoff that brought the case to its owner. */
  readonly broughtBy?: string;
  readonly hops: number;
  readonly fallbacks: number;
  readonly steps: number;
  readonly turns: number;
  readonly turnsSinceAnswer: number;
  readonly repairs: number;
  readonly corrections: number;
  readonly transcript: readonly Message[];
  /** Messages that the context store has, once a worker with such a store has said so. */
  readonly kept?: KeptMessages;
  readonly messages: number;
  readonly userMessages: number;
  /** Sequence of the last message of the conversation that has been answered. */
  readonly answeredUpTo: number;
  /** Sequence of the last message that the people who have the case are known to have read. */
  readonly readUpTo?: number;
  /** Consumed message ids with the digests of their texts, newest last. */
  readonly messageIds: readonly (readonly [string, string])[];
  readonly answers: readonly CallAnswer[];
  readonly notices: readonly Notice[];
  readonly handoffs: readonly HandoffRecord[];
  readonly handoffCount: number;
  readonly footprints: readonly Footprint[];
  readonly parcel?: Parcel;
  readonly effects: readonly EffectRecord[];
  readonly reviews: readonly Review[];
  readonly reviewCount: number;
  readonly deadLetters: readonly DeadLetter[];
  readonly deadLetterCount: number;
  /** Failures of the work at hand, oldest first: the history of attempts of a dead letter. */
  readonly troubles: DeadLetter['attempts'];
  readonly provenance: readonly Provenance[];
  readonly ledger: LedgerHead;
  readonly rows: readonly LedgerRow[];
  readonly refusals: CaseView['refusals'];
  readonly refusalCount: number;
  /** What the user was asked to tell before the owner goes on; absent where nothing is missing (U13). */
  readonly clarification?: Clarification;
  /** A person's question to the agent whose review they are to decide; one waits at a time. */
  readonly inquiry?: Inquiry;
  /** Leave given to see originals, the newest. */
  readonly grants?: readonly UnmaskGrant[];
  readonly grantCount?: number;
  /** What models took; absent before the first call of one. */
  readonly spend?: CaseSpend;
  /** Turns that were stopped and have not ended; absent where there are none. A case closes after them. */
  readonly stopped?: readonly StoppedTurn[];
  /** The user has opted out of agents. */
  readonly humanOnly?: true;
  readonly humanAsked?: {
    readonly by: string;
    readonly reason: string;
    /** Where people are to get the case by a rule of the policy, and not by a request. */
    readonly reasonCode?: string;
    readonly pool?: string;
    /** Who takes it in hand on arrival. */
    readonly claims?: string;
  };
  /** Since when people who own the case are waited for; absent where somebody holds it, or nothing is to be done. */
  readonly unattended?: Unattended;
  /** For how long whoever holds the case does; absent where that is for good. */
  readonly lease?: { readonly by: string; readonly until: string };
  /** People who have asked for something in the case; only where a team keeps them from saying yes to it. */
  readonly requesters?: readonly string[];
  readonly whispers?: CaseView['whispers'];
  readonly assignedTo?: string;
  /** Who had the case last, for pools that a directory knows: asked first again. */
  readonly lastPerson?: string;
  /** The directory is asked again before somebody takes the case: about which pool, and who has claimed it. */
  readonly claiming?: { readonly pool: string; readonly by?: string };
  /** What the directory of people last said, by pool. */
  readonly directory?: Readonly<Record<string, DirectorySnapshot>>;
  /** The keys of doors when a worker last told them; absent where it knows none. */
  readonly doorKeys?: {
    readonly at: string;
    readonly keys: readonly DoorKey[];
    /** They were asked for anew, because of a key that is not among them, and have not come yet. */
    readonly asked?: true;
  };
  /** What the policy has seen and done; absent without a policy. */
  readonly policed?: Policed;
  /** A handoff that waits until its receiver has been looked at; the case is at work meanwhile. */
  readonly looking?: { readonly lookId: string; readonly proposed: ProposeNext };
  readonly ending?: CaseOutcome;
  readonly saga?: SagaOutcome;
  /** The case of another house that this one is a part of; absent for any other (H8). */
  readonly handedOver?: HandedOver;
  /** What of its working memory goes back there, once an agent has finished the case; absent where nothing does. */
  readonly handsBack?: WorkingMemory;
}

/** A case before its first event. */
export function initialState(
  input: CaseInput,
  identity: Pick<CaseState, 'caseId' | 'trace' | 'speaks'>,
): CaseState {
  return {
    version: '1.0.0',
    ...identity,
    team: input.team,
    manifest: null,
    manifestDigest: '',
    task: input.task,
    ...(input.user ? { user: input.user } : {}),
    ...(input.channel === undefined ? {} : { channel: input.channel }),
    ...(input.locale === undefined ? {} : { locale: input.locale }),
    ...handedOverIn(input),
    stage: 'opening',
    owner: 'nobody',
    work: { kind: 'resolving' },
    memory: {},
    path: [],
    hops: 0,
    fallbacks: 0,
    steps: 0,
    turns: 0,
    turnsSinceAnswer: 0,
    repairs: 0,
    corrections: 0,
    transcript: [],
    messages: 0,
    userMessages: 0,
    answeredUpTo: 0,
    messageIds: [],
    answers: [],
    notices: [],
    handoffs: [],
    handoffCount: 0,
    footprints: [],
    effects: [],
    reviews: [],
    reviewCount: 0,
    deadLetters: [],
    deadLetterCount: 0,
    troubles: [],
    provenance: [],
    ledger: { sequence: 0, hash: GENESIS_HASH },
    rows: [],
    refusals: [],
    refusalCount: 0,
  };
}

/** Its working memory is its first owner's, as far as that takes it up. */
function handedOverIn({ handedOver }: CaseInput): Pick<CaseState, 'handedOver'> {
  if (!handedOver) return {};
  const { from, trace, takes, effects, provenance } = handedOver;
  return {
    handedOver: {
      ...(from === undefined ? {} : { from }),
      ...{ trace, effects, provenance },
      ...(takes ? { takes } : {}),
    },
  };
}

/** The manifest a case is pinned to. Only events before its resolution may not ask. */
export function manifestOf(state: CaseState): TeamManifest {
  if (state.manifest === null) throw new RangeError('the team of the case is not resolved yet');
  return state.manifest;
}

/** What the present owner knows. */
export function memoryOf(state: CaseState, owner: string): OwnerMemory {
  return getOwn(state.memory, owner) ?? { facts: {}, recordsRead: [] };
}
