import { z } from 'zod';
import type { Adapted } from './adapters.ts';
import type { ContextReference } from './context.ts';
import type { UserProfile, Message } from './conversation.ts';
import type { DirectorySnapshot } from './directory.ts';
import type { EffectEntry, Provenance, Task, WorkElsewhere } from './envelope.ts';
import { handedOverSchema, taskSchema, userSchema } from './envelope.ts';
import type { FanOutView } from './fan-out.ts';
import type { Failure } from './failures.ts';
import type { Feedback } from './feedback.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { LedgerHead } from './ledger.ts';
import type { SpendBySkill } from './model-usage.ts';
import type { CaseStage, HandoffStatus } from './lifecycle.ts';
import { EFFECT_ENTRIES, FACTS_BYTES, JSON_DEPTH, PAYLOAD_BYTES } from './limits.ts';
import { contentShapes } from './message-content.ts';
import type { MissingFact } from './missing.ts';
import type { Parsed } from './parse.ts';
import type { PolicyValues } from './policy/evaluate.ts';
import type { PolicyMoment } from './policy/inputs.ts';
import type { PolicyAction } from './policy/policy.ts';
import type { Signals } from './policy/signals.ts';
import { isWithinBytes } from './json-bytes.ts';
import { parseWith } from './parse.ts';
import type { Masked } from './redaction.ts';
import type { Review } from './review.ts';
import type { UnmaskGrant, Unmaskable } from './unmasking.ts';
import { refuseVersion } from './versions.ts';
import type { WaitingStep } from './waiting.ts';
import { workingMemorySchema, type MemoryOutline, type WorkingMemory } from './working-memory.ts';
import { digestSchema, factsSchema, idSchema, nameSchema, versionSchema } from './words.ts';

const Facts = factsSchema().refine(
  (facts) => isWithinBytes(facts, FACTS_BYTES),
  `at most ${String(FACTS_BYTES)} bytes`,
);

const Orphans = z.object({
  /** The case that was ended from outside. Tools hear of it and its trace, as they did when the effects were made. */
  caseId: idSchema(),
  trace: idSchema(),
  /** Its effects that are neither kept nor undone, in the order in which they were scheduled. */
  effects: z
    .array(
      z.object({
        key: digestSchema(),
        step: z.int().positive(),
        agent: nameSchema(),
        tool: nameSchema(),
        callId: idSchema(),
        arguments: factsSchema(),
        /** Fence epoch of the last activity under this key; the undo takes a higher one. */
        epoch: z.int().positive(),
        /** Whether its tool was heard to have done it. */
        outcome: z.enum(['committed', 'unknown']),
      }),
    )
    .min(1)
    .max(EFFECT_ENTRIES),
});
/** What a case left behind that was ended without being asked (F23). */
export type Orphans = z.output<typeof Orphans>;

const CaseInput = z.object({
  version: versionSchema(),
  team: nameSchema(),
  task: taskSchema(),
  facts: Facts.default({}),
  /** First message of the user, with its id. */
  message: z
    .discriminatedUnion('kind', [
      z.object({ id: idSchema(), ...contentShapes().text }),
      z.object({ id: idSchema(), ...contentShapes().voice }),
      z.object({ id: idSchema(), ...contentShapes().file }),
    ])
    .optional(),
  user: userSchema().optional(),
  channel: z.string().max(64).optional(),
  locale: z.string().max(64).optional(),
  openedBy: idSchema().optional(),
  /** The user deals with people alone: they get the case before any agent takes a turn (U4). */
  humanOnly: z.boolean().optional(),
  /** The case of another house that this one is a part of, with the working memory that comes along (H8). */
  handedOver: handedOverSchema().extend({ memory: workingMemorySchema().optional() }).optional(),
  /** Makes this the follow-up of a case that was terminated; written by `reconcile`, refused from anybody else. */
  orphans: Orphans.optional(),
  /** State of the execution before, when a case continues as new; never sent by a client. */
  carried: z.record(z.string(), z.unknown()).optional(),
});
/** What opens a case: the argument of its workflow. */
export type CaseInput = z.output<typeof CaseInput>;
/** The same as a service may write it, defaults left out. */
export type CaseInputWritten = z.input<typeof CaseInput>;

/** Validates the input of a case. Failures: `VERSION_UNSUPPORTED`, `INPUT_TOO_LARGE`, `INPUT_INVALID`. */
export function parseCaseInput(value: unknown): Parsed<CaseInput> {
  const version = refuseVersion(value, 'case');
  if (version) return { ok: false, failure: version };
  return parseWith(CaseInput, value, 'case', { bytes: PAYLOAD_BYTES, depth: 2 * JSON_DEPTH });
}
/** The case input's schema, for JSON Schema outside the sandbox. */
export function caseInputSchema(): typeof CaseInput {
  return CaseInput;
}

/** A handoff as a record with a life (T6). */
export interface HandoffRecord {
  /** `h1`, `h2` ... within its case. */
  readonly id: string;
  /** Idempotency key: unique everywhere. */
  readonly key: string;
  readonly step: number;
  readonly verb: 'transfer' | 'return' | 'escalate' | 'give-back';
  readonly from: string;
  readonly to: string;
  readonly status: HandoffStatus;
  readonly reasonCode: string;
  readonly explanation: string;
  readonly fingerprint: string;
  /** Digest of the envelope last offered. */
  readonly digest?: string;
  /** Raised by every offer and withdrawal: a late acknowledgement carries an older one. */
  readonly epoch: number;
  readonly proposedAt: string;
  readonly offeredAt?: string;
  readonly acceptedAt?: string;
  readonly endedAt?: string;
  /** Names of facts the receiver declares and the sender had. */
  readonly declared: readonly string[];
  /** Paths that were left behind at the edge. */
  readonly dropped: readonly string[];
  /** Facts that crossed under another name, as the edge's adapters say. Absent when none did. */
  readonly adapted?: readonly Adapted[];
  /** What crossed of the source's working memory, and what was left behind; absent where it had none (H8). */
  readonly memory?: HandoffMemory;
  /** What was masked on the way, never the values. Absent when nothing was. */
  readonly masked?: readonly Masked[];
  /** Where the originals of what was masked are kept; absent where nothing was, or no context store is. */
  readonly originals?: ContextReference;
  /** What crossed, measured on both sides; absent for what the workflow or a person passed on. */
  readonly context?: HandoffContext;
  readonly failure?: Failure;
}

/** The working memory of one handoff, by name and number. */
export type HandoffMemory = {
  readonly crossed: MemoryOutline;
  readonly dropped: MemoryOutline;
  /** Records that the receiver had read itself, and that gave way to those that crossed. */
  readonly forgotten?: number;
};

/** Completeness of one handoff: equal digests say that what was declared arrived, all of it (X6, M5). */
export interface HandoffContext {
  /** Digest of facts and working memory as they left the source, references resolved. */
  readonly crossed: string;
  /** Digest of the same as the receiver read them; absent until it has acknowledged. */
  readonly arrived?: string;
  /** Facts that crossed by reference. */
  readonly referenced: readonly string[];
  /** Tokens of the summary made at the boundary (o200k); absent where the edge asks for none. */
  readonly summaryTokens?: number;
}

/** A write to the outside world, from before it is tried until it is kept or taken back (I4). */
export interface EffectRecord extends EffectEntry {
  /** The agent's own id of the call. */
  readonly callId: string;
  readonly arguments: JsonObject;
  readonly reversible: boolean;
  readonly onFailure: 'unwind' | 'return-to-agent';
  /** Questions that it was tried for, the outermost first, where several were put at once; absent otherwise. */
  readonly askedFor?: readonly string[];
  /** Fence epoch of the next activity for this key. */
  readonly epoch: number;
  /** The case that made it, where that is another one, whose effects this one has to see to. */
  readonly origin?: { readonly caseId: string; readonly trace: string };
  readonly result?: JsonValue;
  readonly failure?: Failure;
}

/** Work that exhausted its budget, parked for a person (R2). */
export interface DeadLetter {
  /** `d1`, `d2` ... within its case. */
  readonly id: string;
  readonly kind: 'turn' | 'handoff' | 'undo';
  /** Handoff id or effect key that it concerns; the step of the turn otherwise. */
  readonly subject: string;
  readonly agent: string;
  readonly openedAt: string;
  readonly failure: Failure;
  /** Failures that led here, oldest first. */
  readonly attempts: readonly { readonly at: string; readonly failure: Failure }[];
  /** What was to be done: the envelope of a turn or handoff, the call of an undo. */
  readonly payload: JsonValue;
  readonly status: 'open' | 'redriven' | 'discarded';
  readonly by?: string;
  readonly reason?: string;
  readonly closedAt?: string;
}

/** How a closed case ended. */
export type CaseOutcome =
  | { readonly kind: 'finished'; readonly outcome: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What became of a case's effects, in the words of its closing row. */
export type SagaOutcome = 'kept' | 'compensated' | 'partly-compensated';

/** Result of the workflow of a case. */
export interface CaseResult {
  readonly version: '1.0.0';
  readonly outcome: CaseOutcome;
  readonly saga: SagaOutcome;
  readonly path: readonly string[];
  readonly hops: number;
  readonly ledger: LedgerHead;
}

/** The short answer to "where is it?" (query `status`). */
export interface CaseStatus {
  readonly version: '1.0.0';
  readonly caseId: string;
  readonly trace: string;
  readonly team: string;
  readonly stage: CaseStage;
  readonly owner: string;
  /** The user deals with people alone; absent where agents may work on the case. */
  readonly humanOnly?: true;
  /** The person who holds the case, when people own it. */
  readonly claimedBy?: string;
  /** Until when that person holds it unless they do something. */
  readonly claimedUntil?: string;
  readonly hops: number;
  readonly path: readonly string[];
  readonly waitingOn: string;
  /** What the case waits for its user to tell; absent where nothing is missing (U13). */
  readonly missing?: readonly MissingFact[];
  readonly openReviews: number;
  readonly openDeadLetters: number;
  readonly outcome?: CaseOutcome;
  readonly saga?: SagaOutcome;
}

/** One thing that the policy of a case decided, and why. */
export interface PolicyDecision {
  readonly at: string;
  readonly moment: PolicyMoment;
  readonly rule: string;
  readonly action: PolicyAction['do'];
  /** Version and digest of the policy that decided. */
  readonly policyVersion: string;
  readonly digest: string;
  /** The inputs that the rule read. */
  readonly inputs: PolicyValues;
  /** In plain words, as the user is told. */
  readonly explanation: string;
  /** Why it was not carried out, where the guards or the state of the case did not allow it. */
  readonly because?: string;
}

/** The policy of a case, and what it decided. */
export interface PolicyView {
  readonly name: string;
  readonly policyVersion: string;
  readonly digest: string;
  /** The version that a person has asked for, until the case switches to it. */
  readonly switching?: { readonly version: string; readonly digest: string; readonly by: string };
  /** Signals of the user's last message. */
  readonly signals?: Signals;
  /** The newest, oldest first. */
  readonly decisions: readonly PolicyDecision[];
}

/** A case that people own and nobody holds. */
export interface Unattended {
  /** The pool at which the wait began: what it says is done, also after the case has gone to another one. */
  readonly pool: string;
  readonly since: string;
  /** What is done while nobody takes the case, soonest first. */
  readonly ahead: readonly WaitingStep[];
  readonly reminders: number;
}

/** What goes back to the house that handed a case over, beside words (H8): what it takes up, and the team lets out. */
export interface HandedBack extends WorkElsewhere {
  readonly memory?: WorkingMemory;
}

/** A question of one agent to another that waits for its answer. */
export interface OpenAsk {
  readonly id: string;
  readonly by: string;
  readonly to: string;
  readonly reasonCode: string;
  readonly question: string;
  readonly expiresAt: string;
  /** The fan-out that it is one of; absent where it was put alone. */
  readonly fanOut?: string;
}

/** Everything a person needs to go on with a case (query `show`; U3). */
export interface CaseView extends CaseStatus {
  readonly task: Task;
  readonly user?: UserProfile;
  /** What the present owner knows. */
  readonly facts: JsonObject;
  /** What it works with beside facts: its intent, records read, partial results (H8); absent where there is none. */
  readonly workingMemory?: WorkingMemory;
  readonly handoffs: readonly HandoffRecord[];
  readonly effects: readonly EffectRecord[];
  readonly reviews: readonly Review[];
  readonly deadLetters: readonly DeadLetter[];
  readonly provenance: readonly Provenance[];
  readonly transcript: readonly Message[];
  /** Where another house handed the case over, and the team hands something back: absent until it is closed. */
  readonly handedBack?: HandedBack;
  /** Absent where the team has no policy. */
  readonly policy?: PolicyView;
  readonly ledger: LedgerHead;
  /** Rows not yet known to be in the store. */
  readonly ledgerLag: number;
  /** Questions of agents to each other that wait for an answer; absent where none does. */
  readonly asks?: readonly OpenAsk[];
  /** Questions that were put at once and are not all seen to, the outermost first; absent where there are none. */
  readonly fanOuts?: readonly FanOutView[];
  /** What models took, where any was called. */
  readonly spend?: SpendBySkill;
  /** Signals and decisions that were refused, newest last. */
  readonly refusals: readonly { readonly at: string; readonly door: string; readonly failure: Failure }[];
  /** What handoffs have masked, and who may see it. Absent where nothing was masked. */
  readonly unmaskable?: readonly Unmaskable[];
  /** Since when the case waits for somebody of its pool, and what is done while nobody comes. */
  readonly unattended?: Unattended;
  /** Words of staff to whoever works on the case, newest last; the user never sees them. */
  readonly whispers?: readonly { readonly by: string; readonly note: string; readonly at: string }[];
  /** Who of the pool should take the case first, as the directory says; anybody of it can. */
  readonly assignedTo?: string;
  /** What the directory of people last said, by pool. Absent where the team has members of its own only. */
  readonly directory?: Readonly<Record<string, DirectorySnapshot>>;
  /** Leave that was given to see originals, newest last. Absent while there is none. */
  readonly grants?: readonly UnmaskGrant[];
  /** What the user said of it once it was over. Kept beside the case: absent where nobody reads that, too. */
  readonly feedback?: Feedback;
}
