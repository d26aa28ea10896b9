/**
 * Sizes and bounds, each with its reason (I7, X11). A team may narrow those in {@link TeamLimits}; nobody may widen
 * the byte limits, because the server enforces its own by ending the workflow.
 */

/** A payload above 2 MB terminates a workflow on the server; half of that leaves room for envelopes around it. */
export const PAYLOAD_BYTES = 1_048_576;

/** A refused update travels inside its refusal, whose own limit is 2 MiB; the rest is for words, names and a codec. */
export const REFUSABLE_UPDATE_BYTES = 1_572_864;
/** One message of a user, person or agent. Longer texts belong in files that are referred to. */
export const MESSAGE_BYTES = 32_768;
/** Facts of one agent, and what one transfer may carry. They travel with every turn. */
export const FACTS_BYTES = 131_072;
/** Partial results of one owner, as they travel: with its facts, they leave room in a payload. */
export const PARTIAL_RESULTS_BYTES = 65_536;
/** Records that an owner is known to have read, the newest; those forgotten are counted in the ledger. */
export const RECORDS_READ = 500;
/** Arguments of one tool call, and its result: they enter the history twice. */
export const CALL_BYTES = 131_072;
/** Free text in reasons, notes and explanations: what a person reads in a row of a list. */
export const REASON_CHARACTERS = 2_000;
/** Names of agents, pools, tools, teams: they become task queues and search attributes. */
export const NAME_CHARACTERS = 64;
/** Ids given from outside (cases, messages): the server takes workflow ids up to 1,000 bytes. */
export const ID_CHARACTERS = 200;
/** A policy as JSON: it stands in the manifest of every case, beside the team. */
export const POLICY_BYTES = 131_072;
/** Messages of a transcript that a turn carries and a continued case keeps; older ones stay in the history. */
export const TRANSCRIPT_MESSAGES = 100;
/** Bytes of transcript carried; the newest messages are kept. */
export const TRANSCRIPT_BYTES = 262_144;
/** Consumed message ids that a case remembers: a repeat that comes later than so many messages counts as new. */
export const MESSAGE_IDS = 1_000;
/** Provenance entries carried in an envelope; the ledger has all. */
export const PROVENANCE_ENTRIES = 10;
/** Finished handoffs, reviews and dead letters that a continued case still lists. */
export const FINISHED_RECORDS = 50;
/** Tool calls in one turn: each is an activity of its own. */
export const CALLS_PER_TURN = 16;
/**
 * Questions that one turn puts to other agents at once. What crosses to each stands in the turn's result, and their
 * answers in the asker's next input: so many of the largest still fit a payload.
 */
export const ASKS_PER_TURN = 8;
/** Models in the list of one agent: each that does not answer costs its user time. */
export const MODELS_PER_AGENT = 5;
/** Ledger rows sent with one activity; a longer backlog is flushed in several. */
export const ROWS_PER_ACTIVITY = 100;
/** Bytes of ledger rows sent with one activity, the first row whatever its size: what is said stands in them. */
export const ROWS_BYTES = 262_144;
/** One value in the context store: far more than a payload may have, little enough for a worker's memory. */
export const CONTEXT_VALUE_BYTES = 8_388_608;
/** Tokens of a summary at a boundary, at most (o200k, of its JSON): what a receiver reads before anything else. */
export const SUMMARY_TOKENS = 500;
/** A fact above so many bytes crosses by reference where a context store is: it would travel with every turn. */
export const REFERENCE_ABOVE_BYTES = 8_192;
/** How long leave to see an original may be used: long enough to look, too short to be kept for later. */
export const UNMASK_GRANT_MS = 300_000;
/** How long a door's signature of a decision counts: long enough to reach a case, too short to be kept for later. */
export const PROOF_LIFETIME_MS = 300_000;
/** How far clocks of doors and of the server may be apart. */
export const CLOCK_SKEW_MS = 300_000;
/** Levels of a JSON value from outside: far above any use, far below what recursion can take. */
export const JSON_DEPTH = 64;
/** Facts that an agent may ask its user for before it works: a form longer than this is no conversation. */
export const NEEDS_PER_AGENT = 20;
/** Times in a row that a user is asked for facts in vain before people take the case, where a team does not say. */
export const CLARIFICATIONS = 3;
/** Effects an envelope lists, the newest; the ledger has all. */
export const EFFECT_ENTRIES = 500;
/** Effects of another house that a case is told of, the newest: they travel with every turn, beside its own. */
export const EFFECTS_ELSEWHERE = 100;
/** Decisions and signals refused are recorded up to this number a case, so that a flood cannot fill the history. */
export const REFUSALS_RECORDED = 200;
/** Questions to the agent of one review: whoever needs more of them rejects it, and says why. */
export const QUESTIONS_TO_AGENT = 5;
/** Quick turns answer and acknowledge at once; a slower one acknowledges by signal after so many milliseconds. */
export const ACKNOWLEDGE_AFTER_MS = 20;
/** Silence of a worker after which its attempt is given to another; half of it is the beat. Recovery within 4 s. */
export const HEARTBEAT_TIMEOUT_MS = 2_000;

/** Bounds a team sets for its cases. */
export interface TeamLimits {
  /** Ownership changes between agents, returns included; reaching people never counts. 3 to 5 is usual (G1). */
  readonly hops: number;
  /** Automated fallbacks of failed handoffs in a case before people take over (T7). */
  readonly fallbacks: number;
  /** Further turns an agent gets to mend output that breaks the contract, before a dead letter (F14). */
  readonly repairs: number;
  /** Further turns an agent gets after a refused transfer, before escalation. */
  readonly corrections: number;
  /** Turns in a row without an answer to the user, whoever takes them, so that loops end. */
  readonly turns: number;
  /** How long an offer stays open, in milliseconds, where its edge does not say otherwise. */
  readonly offerMs: number;
  /**
   * How long search attributes may trail a case that its agents hand on, or that is closing, in milliseconds. A telling
   * costs the server as much as a turn; 0 tells every step. Absent in the manifests of earlier releases: as 0.
   */
  readonly shownWithinMs?: number;
  /** Times in a row that a user is asked for missing facts in vain, before people take the case; 3 when absent (U13). */
  readonly clarifications?: number;
  /** Most that models may cost in a case, in US dollars: people take it before more is spent (G3). */
  readonly costUsd?: number;
  /** Most tokens of models in a case, in and out. */
  readonly tokens?: number;
  /** Questions of one turn that are worked on side by side; the others wait for their turn. All when absent. */
  readonly asksAtOnce?: number;
}

/** The limits of a team that names none. */
export function defaultLimits(): TeamLimits {
  return {
    hops: 5,
    fallbacks: 2,
    repairs: 2,
    corrections: 1,
    turns: 25,
    offerMs: 10_000,
    shownWithinMs: 5_000,
  };
}
