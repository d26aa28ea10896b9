import type { z } from 'zod';
import type { Adapted } from '../contract/adapters.ts';
import type { AskedQuestion, CallAnswer, Notice } from '../contract/activities.ts';
import type { Message, UserProfile } from '../contract/conversation.ts';
import type { EffectEntry, Envelope, Task, Transfer } from '../contract/envelope.ts';
import type { BreakerRules } from '../contract/breaker.ts';
import type { ContextCase, ContextReference } from '../contract/context.ts';
import type { Failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import type { Allowance, ModelTrace } from '../contract/model-usage.ts';
import type { ContextStore } from '../contract/ports.ts';
import type { RemoteTask } from '../contract/remote-task.ts';
import type { AgentManifest, Retry, TeamManifest } from '../contract/team.ts';
import type { TenantBudgets } from '../contract/tenant-budget.ts';
import type { AgentTurnInput } from '../contract/turn.ts';
import type { Texts } from '../contract/texts.ts';
import type { WorkingMemory } from '../contract/working-memory.ts';
import type { ModelSettings } from './models/model-settings.ts';
import type { Prompt } from './models/prompt.ts';
import type { Tool } from './tool.ts';

/** What an agent sees on one turn. Agents are stateless: there is nothing else (X10). */
export interface Turn<Facts> {
  /** Facts as the agent's own schema read them. */
  readonly facts: Facts;
  /** All facts of the agent: what it accepted, and what it noted itself on earlier turns. */
  readonly memory: JsonObject;
  /** What it works with beside facts: what it took up of others' working memory, and what it stated itself (H8). */
  readonly workingMemory: WorkingMemory;
  readonly task: Task;
  /** How the case came here; absent for the first owner. */
  readonly transfer: Transfer | undefined;
  readonly conversation: readonly Message[];
  /** Who asks what, where the agent is asked and owns nothing: what it replies or finishes with is the answer. */
  readonly asked: AskedQuestion | undefined;
  /** Messages that arrived since this agent's last answer, the user's and persons' alike. */
  readonly unanswered: readonly Message[];
  /** Answers to the calls of the turn before, in the order they were asked. */
  readonly answers: readonly CallAnswer[];
  readonly notices: readonly Notice[];
  /** Writes of this case so far. */
  readonly effects: readonly EffectEntry[];
  readonly user: UserProfile | undefined;
  /** BCP 47 tag that the case was opened with. */
  readonly locale: string | undefined;
  /**
   * Language of the user's newest message that nobody has answered, as its sender says, else as it reads; a BCP 47
   * tag. Undefined where it cannot be told (X7).
   */
  readonly language: string | undefined;
  readonly channel: string | undefined;
  /** 1 for the case's first turn. */
  readonly number: number;
  /** 1 for the first attempt of this turn. */
  readonly attempt: number;
  readonly trace: string;
  readonly caseId: string;
  /** The envelope as it came: everything above in its contract form. */
  readonly envelope: Envelope;
  /** Aborted when the case no longer wants the turn. */
  readonly signal: AbortSignal;
}

/** An agent's answer: an intent, with facts and provenance. The version is filled in. */
export type Answer = Omit<AgentTurnInput, 'version'>;

/** What lies around a turn, for agents that Baton itself takes through it. */
export interface Surroundings {
  /** The manifest that the case is pinned to. */
  readonly manifest: TeamManifest;
  readonly context: ContextStore | undefined;
  /** Whose context is written. */
  readonly owner: ContextCase;
  /** The last entry of the agent's thread with its model, as the case knows it. */
  readonly thread: ContextReference | undefined;
  readonly models: ModelSettings;
  /** Instructions that a case is pinned to, where this build has others. */
  readonly readPrompt: (pinned: Pick<Prompt, 'version' | 'digest'>) => Promise<Prompt>;
  /** What may still be spent on models; undefined where the team sets no bound. */
  readonly allowance: Allowance | undefined;
  /** What the case's tenant may spend on models; undefined where workers keep no budgets. */
  readonly budgets: TenantBudgets | undefined;
  /** The task at the other side, for agents elsewhere. */
  readonly remote: RemoteTask | undefined;
}

/**
 * What came of a turn: an answer; why what the agent said is none, for the agent itself to mend; that it works on it
 * elsewhere, and is to be asked again; or that it does not take the case, which it has not accepted before.
 */
export type Taken = (
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'waiting'; readonly remote: RemoteTask; readonly pauseMs: number }
  | { readonly kind: 'declined'; readonly failure: Failure }
) &
  ModelTrace & { readonly remote?: RemoteTask };

/** A range of versions whose cases a build of an agent can serve, and what has other names since. */
export interface EarlierVersions {
  /** Such as `1.x`, `1.2.x` or `1.2.3`. */
  readonly versions: string;
  /** Facts from their names in those versions to their names now. */
  readonly renames?: readonly Adapted[];
}

/** A fact that an agent needs from the user. Texts are English, or by language: `{ en, hi, ta, te }`. */
export interface NeedDefinition {
  readonly question: string | Texts;
  /** Why it is needed, in words for the user. */
  readonly why: string | Texts;
  /**
   * Finds it in what the user says, newest first, or knows it of them. Where absent it is read from their answer alone:
   * `name: value` on a line of its own, what its schema tells apart (a word of an enum, a pattern, a date, a number),
   * or the whole answer where nothing else was asked for.
   * @returns undefined where it is not there
   */
  readonly read?: (said: {
    readonly text: string;
    readonly user: UserProfile | undefined;
  }) => JsonValue | undefined;
}

/** An agent as its author writes it. */
export interface AgentDefinition<Facts extends JsonObject> {
  readonly name: string;
  /** Semver of the agent. */
  readonly version: string;
  readonly domain: string;
  /** Role contract in words (G2). */
  readonly scope: string;
  /** What may cross into this agent; the rest is dropped at the edge and the drop recorded (I6). */
  readonly accepts: z.ZodType<Facts>;
  /**
   * Facts that the user is asked for before this agent works on a case, by name; each is one that it accepts. Nothing is
   * asked that the case knows. Where one is missing, no turn is taken: the user is asked the questions, and what they
   * say is read (U13). A handoff to this agent may leave without them.
   */
  readonly needs?: Readonly<Record<string, NeedDefinition>>;
  /**
   * What this agent takes up of the working memory of whoever had the case before, or asks it (H8): the rest is dropped
   * at the edge and the drop recorded. Nothing when absent. Of the partial results that it names, none is required.
   */
  readonly workingMemory?: {
    readonly intent?: true;
    readonly recordsRead?: true;
    readonly partialResults?: z.ZodObject;
  };
  /** Largest value per tool and numeric argument. */
  readonly authority?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Names of errors (`error.name`) that a retry may mend, and those that only a person can. */
  readonly failures?: { readonly retry?: readonly string[]; readonly human?: readonly string[] };
  readonly tools?: readonly Tool[];
  /** Other versions whose cases this build serves; older ones of its own major version when absent (H11). */
  readonly reads?: readonly EarlierVersions[];
  /**
   * What the agent is good at, such as `billing`, which others may be as well: what its model takes is put down to this
   * skill, where no tool says otherwise (A3). Put down to none when absent.
   */
  readonly skill?: string;
  /** Pool of workers that serves the agent; its own name when absent. */
  readonly pool?: string;
  /** Start to close of one attempt of a turn, in milliseconds; 30,000 when absent. */
  readonly turnTimeoutMs?: number;
  readonly retry?: Partial<Retry>;
  /**
   * Isolates the agent after failures in a row, and has its pool looked at before it is offered a case (see
   * docs/policy.md). Never when absent.
   */
  readonly breaker?: Partial<BreakerRules>;
  /** Says no to an offer before it is accepted; a reason declines. */
  readonly declines?: (turn: Turn<Facts>) => string | undefined;
  /** One turn. Return an intent; never act on the outside world. */
  readonly run: (turn: Turn<Facts>) => Promise<Answer> | Answer;
}

/** An agent that teams may name. The facts' type is hidden; the schema guards it. */
export interface Agent {
  readonly name: string;
  readonly version: string;
  readonly definition: AgentDefinition<never>;
  readonly accepts: z.ZodType<JsonObject>;
  readonly tools: Readonly<Record<string, Tool>>;
  /** What its model is told to do; absent where it has none. */
  readonly prompt?: Prompt;
  /** Names of the models that it asks, in order; absent where it has none. */
  readonly models?: readonly string[];
  readonly queue: string;
  /** The agent is elsewhere: it accepts when the other side has, and not because a worker of ours is slow. */
  readonly remote?: AgentManifest['remote'];
  readonly declines: (turn: Turn<JsonObject>) => string | undefined;
  /** One turn of an agent that needs nothing but its turn; throws for one with a model. */
  readonly run: (turn: Turn<JsonObject>) => Promise<Answer>;
  /** One turn as workers take it. */
  readonly take: (turn: Turn<JsonObject>, surroundings: Surroundings) => Promise<Taken>;
}
