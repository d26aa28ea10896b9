import type { BreakerEvent, BreakerMove, BreakerState } from './breaker.ts';
import type { DirectoryAnswer, DirectoryQuestion } from './directory.ts';
import type {
  ContextCase,
  ContextFound,
  ContextInventory,
  ContextRead,
  ContextReference,
  ContextWrite,
} from './context.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { LedgerHead, LedgerRow } from './ledger.ts';
import type { Progress, ProgressEntry, ProgressRange } from './progress.ts';
import type { Policy } from './policy/policy.ts';

/** What goes to a ledger with its rows. */
export interface AppendedAlong extends Pick<ContextCase, 'caseId'> {
  /** The case's team, for events that tell of the rows. */
  readonly team?: string;
  /** Entries of the outbox that tell of these rows, by sequence: written with them in one transaction, or not at all. */
  readonly outbox?: readonly OutboxEntry[];
}

/** An event that is to leave: written with its ledger row, so that neither is there without the other. */
export interface OutboxEntry {
  readonly trace: string;
  /** That of the ledger row. */
  readonly sequence: number;
  /** The event as JSON, as it will be sent. */
  readonly body: string;
}

/** An endpoint that gets nothing any more. */
export interface DisabledEndpoint {
  readonly endpoint: string;
  /** The address that said so: an endpoint that has moved is another one. */
  readonly url: string;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * What is to leave by webhook, in the database of the ledger (issue 5: written with the ledger row). Several may take
 * from it at once: an entry that was taken is nobody else's for a while, and comes again if it was not removed.
 */
export interface Outbox {
  /** The oldest entries that nobody has, at most `limit`, for `forMs` milliseconds. */
  take(request: { readonly limit: number; readonly forMs: number }): Promise<readonly OutboxEntry[]>;
  remove(entries: readonly Pick<OutboxEntry, 'trace' | 'sequence'>[]): Promise<void>;
  /** How many wait, taken ones included. */
  waiting(): Promise<number>;
  /** Repeats are no-ops. */
  disable(endpoint: Pick<DisabledEndpoint, 'endpoint' | 'url'>): Promise<void>;
  /** Undoes {@link disable}. @returns whether it was disabled */
  enable(endpoint: string): Promise<boolean>;
  disabled(): Promise<readonly DisabledEndpoint[]>;
  close(): Promise<void>;
}

/** The append-only record of boundaries (I9). Every implementation passes the same suite. */
export interface LedgerStore {
  /**
   * Appends rows of one trace, in order, in one transaction. A row that is there already with the same hash is a
   * no-op, so a retried activity may send its rows again.
   * @throws a failure `LEDGER_DIVERGED` when another row stands at a sequence, `LEDGER_GAP` when the first new row
   * does not follow the head, `STORE_UNAVAILABLE` when the store cannot be reached (retryable).
   * @param along the case, by whose key a ledger that seals what rows say does so (M11), and what is to leave
   */
  append(rows: readonly LedgerRow[], along?: AppendedAlong): Promise<void>;
  /** Rows of a trace in order of sequence, those after `after` (0 reads from the start), at most `limit` of them. */
  read(
    trace: string,
    range?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly LedgerRow[]>;
  /** The last row of a trace, or undefined when there is none. */
  head(trace: string): Promise<LedgerHead | undefined>;
  close(): Promise<void>;
}

/** Team manifests by their digest, so that any worker can read the one a running case is pinned to. */
export interface ManifestStore {
  /** Keeps a manifest under its digest. The same digest again is a no-op. */
  put(digest: string, manifest: JsonObject): Promise<void>;
  get(digest: string): Promise<JsonObject | undefined>;
  close(): Promise<void>;
}

/** One version of a team's policy, as it was published. */
export interface PublishedPolicy {
  readonly team: string;
  readonly policyVersion: string;
  readonly digest: string;
  readonly policy: Policy;
  /** ISO 8601. */
  readonly publishedAt: string;
  readonly publishedBy: string;
}

/** A version in a list: everything but its rules, and whether new cases take it. */
export interface ListedPolicy extends Omit<PublishedPolicy, 'policy'> {
  readonly current: boolean;
}

/**
 * Policies of teams by version (issue 5). A version is written once and never changes; which one new cases take is a
 * log of its own, to which choices are only added.
 */
export interface PolicyStore {
  /**
   * Keeps a version and makes it the one that new cases of the team take. A version that is there with the same
   * digest is only chosen again, as whoever goes back to an earlier one wants.
   * @throws a failure `POLICY_CONFLICT` when the version is there with another digest; `STORE_UNAVAILABLE` (retryable)
   */
  publish(policy: Omit<PublishedPolicy, 'digest' | 'policyVersion'>): Promise<PublishedPolicy>;
  get(team: string, policyVersion: string): Promise<PublishedPolicy | undefined>;
  /** The version that new cases of a team take, or undefined where none was published. */
  current(team: string): Promise<PublishedPolicy | undefined>;
  /** All versions of a team, or of all; by team, the newest first. */
  list(team?: string): Promise<readonly ListedPolicy[]>;
  close(): Promise<void>;
}

/** Whose breaker: each version of an agent has its own, for a new one may have mended what the old one failed at. */
export interface BreakerName {
  readonly team: string;
  readonly agent: string;
  readonly agentVersion: string;
}

/** A breaker in a list. */
export interface ListedBreaker extends BreakerName {
  readonly state: BreakerState;
}

/** A change of a breaker, kept for good: when, from what to what, and why. */
export interface BreakerChange extends BreakerName {
  readonly at: string;
  readonly from: BreakerState['kind'];
  readonly to: BreakerState['kind'];
  /** The case that brought it about. */
  readonly caseId?: string;
  /** The person who reset it, and why. */
  readonly by?: string;
  readonly reason?: string;
}

/**
 * Circuit breakers of agents, shared by all workers (R7). What happens to one is decided by `moveBreaker`; a store
 * only sees to it that one event follows the other. Every change of a kind, and every reset, is added to a log.
 */
export interface BreakerStore {
  /**
   * Moves a breaker; one that nobody has heard of begins closed.
   * @param audit who wants it, and why, for a reset by a person
   * @returns its answer, and the states before and after. @throws a failure `STORE_UNAVAILABLE` (retryable)
   */
  move(
    breaker: BreakerName,
    event: BreakerEvent,
    audit?: { readonly by: string; readonly reason: string },
  ): Promise<BreakerMove & { readonly before: BreakerState }>;
  /** Breakers that have heard of something, by team, agent and version. */
  list(team?: string): Promise<readonly ListedBreaker[]>;
  /** The newest changes first. */
  log(filter?: { readonly team?: string; readonly limit?: number }): Promise<readonly BreakerChange[]>;
  close(): Promise<void>;
}

/**
 * Context and conversation of cases, outside their histories (X2, X9). A version, like a message, is written once
 * and never changes. What is kept is encrypted with a key of its case, and that with the key of its person, so that
 * who destroys the person's key has erased them, backups included (M11).
 */
export interface ContextStore {
  /**
   * Keeps values and messages of one case in one transaction, all or nothing. A value that is there already under
   * its version with the same digest is a no-op, as is such a message under its sequence, so a retried activity may
   * write again.
   * @returns references in the order of the values
   * @throws failures `CONTEXT_CONFLICT` for another value or message in that place, or a version that does not follow
   * the latest; `PERSON_ERASED`; `INPUT_INVALID` and `INPUT_TOO_LARGE` for what cannot be kept; `STORE_UNAVAILABLE`
   * (retryable)
   */
  write(change: ContextWrite): Promise<readonly ContextReference[]>;
  /**
   * Reads values and messages of one case. Every digest is checked.
   * @throws failures `CONTEXT_MISSING` for a value or message that is not there (a conversation has no gaps),
   * `CONTEXT_CHANGED` for one that is another, `PERSON_ERASED`, `STORE_UNAVAILABLE` (retryable)
   */
  read(request: ContextRead): Promise<ContextFound>;
  /** The reference of the last value under a key, or undefined. It answers for an erased person too. */
  latest(trace: string, key: string): Promise<ContextReference | undefined>;
  /** Everything that is there of a case. It answers for an erased person too. */
  inventory(trace: string): Promise<ContextInventory>;
  /**
   * Appends to the feed of a case, in order; the store gives each entry its offset. Encrypted and erased like
   * everything else here.
   * @throws failures `PERSON_ERASED`, `STORE_UNAVAILABLE` (retryable)
   */
  appendProgress(owner: ContextCase, entries: readonly Progress[]): Promise<void>;
  /** The feed of a case in order of offsets. @throws failures `PERSON_ERASED`, `CONTEXT_CHANGED`, `STORE_UNAVAILABLE` */
  readProgress(trace: string, range?: ProgressRange): Promise<readonly ProgressEntry[]>;
  /** The cases of a person that have context here, erased ones left out. */
  casesOf(person: string): Promise<readonly ContextCase[]>;
  /**
   * Destroys a person's key: nobody reads their context again, here or in a backup. References stay. Whoever calls
   * it has made sure that no case of theirs is open.
   * @returns how many cases became unreadable
   */
  erasePerson(person: string): Promise<number>;
  /** Removes all context of a case, its references too. */
  forgetTrace(trace: string): Promise<void>;
  /**
   * Forgets the cases in which nothing was written since an instant (ISO 8601).
   * @param mayForget asked for each, so that a case which sleeps for long is kept while it is open; all when absent
   * @returns the traces forgotten
   */
  expireBefore(
    instant: string,
    mayForget?: (one: Pick<ContextCase, 'trace' | 'caseId'>) => Promise<boolean>,
  ): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * Which attempt speaks: the workflow's epoch (raised by each offer or redrive of the step) before the activity's
 * attempt. A later pair wins; an earlier one, of a worker that slept through its replacement, is refused (F02).
 */
export interface Fence {
  readonly epoch: number;
  readonly attempt: number;
}

/** Records as a change sees them inside its transaction. What it writes is committed with its key, or not at all. */
export interface RecordTransaction {
  get(collection: string, id: string): Promise<JsonValue | undefined>;
  put(collection: string, id: string, record: JsonValue): Promise<void>;
  remove(collection: string, id: string): Promise<void>;
  /** Ids in a collection, sorted. */
  ids(collection: string): Promise<readonly string[]>;
}

/** What became of an effect tried under a key. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly result: JsonValue; readonly repeated: boolean }
  /** The change said no, and nothing was written. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** The key was undone before it was ever committed; it can never be committed now (I5). */
  | { readonly kind: 'tombstoned' }
  /** A later attempt has spoken for this key. */
  | { readonly kind: 'fenced'; readonly by: Fence }
  /** The key was committed with another input (F07). */
  | { readonly kind: 'mismatched' };

/** What became of an undo. */
export type UndoOutcome =
  | { readonly kind: 'undone'; readonly repeated: boolean }
  /** The key had never been seen; a tombstone now stands under it. */
  | { readonly kind: 'tombstoned'; readonly repeated: boolean }
  /** Somebody else has changed the record since; restoring the before-image would destroy their work. */
  | { readonly kind: 'conflict'; readonly collection: string; readonly id: string }
  | { readonly kind: 'fenced'; readonly by: Fence };

/** What a change answers: a result to keep under the key, or a refusal that writes nothing. */
export type ChangeAnswer =
  | { readonly kind: 'done'; readonly result: JsonValue }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/**
 * A counterpart's database that can undo: records by collection and id, and in the same transaction the key of the
 * effect, its result, its fence and the before-images of what it wrote (I3, I5). The shop and the example desks
 * keep their data in one; it shares no transaction with the ledger.
 */
export interface RecordStore {
  /**
   * Runs a change under an idempotency key, in one transaction. A key that was committed returns its kept result
   * and runs nothing. Fences are compared in the same transaction.
   */
  commit(request: {
    readonly key: string;
    readonly fence: Fence;
    readonly tool: string;
    /** Digest of the input the key stands for. */
    readonly inputDigest: string;
    readonly change: (records: RecordTransaction) => Promise<ChangeAnswer>;
  }): Promise<CommitOutcome>;
  /** Restores the before-images of a key to the byte, or writes a tombstone under a key never seen. */
  undo(request: { readonly key: string; readonly fence: Fence; readonly tool: string }): Promise<UndoOutcome>;
  /** State of a key: asked by reconcilers, and before a retry where a counterpart cannot deduplicate. */
  look(key: string): Promise<'unseen' | 'committed' | 'undone' | 'tombstoned'>;
  get(collection: string, id: string): Promise<JsonValue | undefined>;
  /** Every record, by collection and then by id. */
  snapshot(): Promise<Readonly<Record<string, Readonly<Record<string, JsonValue>>>>>;
  /** Replaces all records and forgets all keys: for a store that a task or test starts afresh. */
  load(records: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Who the people are, and when they work: asked by workers when a review opens, a case comes to people, they are
 * reminded, or a dead letter waits. Baton has one over a file (`openPeopleFile`); one's own may ask a shift planner,
 * an identity provider or a contact centre. It computes in time zones, so that no workflow has to.
 */
export interface PeopleDirectory {
  /** Who is of a pool at an instant. What it throws is tried again for as long as the case lives. */
  consult(question: DirectoryQuestion): Promise<DirectoryAnswer>;
}
