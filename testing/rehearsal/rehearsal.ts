import type { ActivityDependencies } from '../../activities/create-activities.ts';
import type { CallAnswer, Notice } from '../../contract/activities.ts';
import type { AskStatus } from '../../contract/fan-out.ts';
import type { Failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { ModelUsage } from '../../contract/model-usage.ts';
import type { AgentTurn } from '../../contract/turn.ts';

/** What a rehearsal may be told. */
export interface RehearsalOptions extends Partial<
  Omit<ActivityDependencies, 'teams' | 'ledger' | 'manifests'>
> {
  /** What the case is about, as whoever opens it says; `help the customer` when absent. */
  readonly task?: string;
}

/** What an agent is given for a turn beside what it knows. */
export interface RehearsedInput {
  /** What the user says, one message each; nothing when absent. */
  readonly says?: string | readonly string[];
  /** Facts that it knows from now on. */
  readonly facts?: JsonObject;
  /**
   * Answers to what its last turn has asked for, in any order. Where it has called tools, they are called when absent;
   * where it has asked others, there must be one for each question that could be put.
   */
  readonly answers?: readonly CallAnswer[];
  /** What it must know: a refused handoff, a decision. */
  readonly notices?: readonly Notice[];
}

/** A question on its way to another agent, as its exit edge lets it through. */
export interface RehearsedQuestion {
  /** The asker's own name for it. */
  readonly id: string;
  readonly by: string;
  readonly to: string;
  readonly reasonCode: string;
  readonly question: string;
  /** Facts that cross: cut to what the asked one accepts, and masked as the team says. */
  readonly facts: JsonObject;
  /** Paths of facts that stay behind. */
  readonly dropped: readonly string[];
  /** Why it is not put; absent where it is. */
  readonly refusal?: Failure;
  /** `f1` for the first fan-out of the rehearsal; absent for a question that is put alone. */
  readonly fanOut?: string;
}

/** One turn that was taken. */
export interface RehearsedTurn {
  readonly agent: string;
  /** What the agent answered, as its case gets it: validated, and with nothing in it that may not cross. */
  readonly turn: AgentTurn;
  /** All facts that it knows after it. */
  readonly facts: JsonObject;
  /** What it asks others, in its order; empty where it asks nobody. */
  readonly questions: readonly RehearsedQuestion[];
  /** What crosses to the receiver of a handover; absent where it hands nothing over. */
  readonly crossing?: {
    readonly to: string;
    readonly facts: JsonObject;
    readonly dropped: readonly string[];
    /** Why the receiver would not accept it; absent where it would. */
    readonly failure?: Failure;
  };
  /** What its model took; absent without one. */
  readonly usage?: ModelUsage;
}

/**
 * A team taken through turns without a server: alone, in pairs, or as a supervisor with those it asks. Agents, tools,
 * edges and schemas are the team's own and run as on a worker; what a case decides is left out: guards, authority,
 * approvals, budgets, policy and retries. Idea: contract tests of a consumer and a provider, each against what really
 * crosses.
 */
export interface Rehearsal {
  /** Id under which agents and tools know the case. */
  readonly caseId: string;
  /**
   * The first turn of an agent that has the case.
   * @throws BatonError whatever the turn failed with, by its code: `AGENT_INPUT_INVALID`, `AGENT_OUTPUT_INVALID`, `AGENT_FAILED`
   */
  readonly turn: (agent: string, input?: RehearsedInput) => Promise<RehearsedTurn>;
  /**
   * The next turn of the same agent. Answers to several questions reach it in the order asked, each with its status; where
   * too few are answered it is told so, and what was written for those that do not count is taken back first.
   * @throws BatonError as `turn`; RangeError where an answer is missing, or is to nothing that was asked
   */
  readonly goOn: (before: RehearsedTurn, input?: RehearsedInput) => Promise<RehearsedTurn>;
  /**
   * The first turn of whoever a turn hands over to, with what crosses.
   * @throws BatonError `EDGE_MISSING`, `TARGET_UNKNOWN`, what the edge or the receiver refuses it with, or as `turn`
   */
  readonly handOver: (before: RehearsedTurn) => Promise<RehearsedTurn>;
  /**
   * Whoever is asked works on a question until it has an answer: its tools are called, and whom it asks in its turn answers
   * too. Where it fails, or gives the question back, that is the answer.
   * @throws BatonError for output that breaks the contract; RangeError where it asks people, whom nobody plays here
   */
  readonly answer: (question: RehearsedQuestion) => Promise<CallAnswer>;
  /** An answer of one's own: the asker alone is tried. Facts are cut to what the asker accepts. */
  readonly answered: (question: RehearsedQuestion, text: string, facts?: JsonObject) => CallAnswer;
  /** A question that came to nothing, as its asker hears of it. */
  readonly unanswered: (question: RehearsedQuestion, status: Exclude<AskStatus, 'answered'>) => CallAnswer;
}
