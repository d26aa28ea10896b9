import type { Decision } from './decision.ts';
import type { Failure } from './failures.ts';
import type { JsonValue } from './json.ts';
import type { WaitingStep } from './waiting.ts';

/** What is put to people. The subject is the exact content; the digest binds every decision to it (I8). */
export interface Review {
  /** `r1`, `r2` ... within its case. */
  readonly id: string;
  readonly kind: 'tool-call' | 'handoff' | 'question';
  readonly pool: string;
  readonly question: string;
  readonly subject: JsonValue;
  /** Digest of `{ id, kind, pool, question, subject }`, and of `approvers`, `roles` and `proof` where they are asked for. */
  readonly digest: string;
  /** How many different people must say yes; one when absent. */
  readonly approvers?: number;
  /** Roles of which a person needs one to decide; any member of the pool may when absent. */
  readonly roles?: readonly string[];
  /** Only decisions count that a door has signed; any that the pool's members give when absent. */
  readonly proof?: 'proven';
  /** People who asked for it and so may not say yes, where their yes would not count; they may say no. */
  readonly excluded?: readonly string[];
  /** Who has said yes so far, where more than one must. */
  readonly approvals?: readonly Decided[];
  /** What is done while nobody decides, soonest first. Absent where nothing is left to do. */
  readonly ahead?: readonly WaitingStep[];
  /** How often people were reminded. */
  readonly reminders?: number;
  /** Who was asked besides, because nobody answered: whoever could decide before still may. */
  readonly widened?: readonly {
    readonly pool: string;
    readonly roles?: readonly string[];
    readonly at: string;
  }[];
  /** What expiry does beside refusing; nothing when absent. */
  readonly atExpiry?: 'escalate';
  /** Who should see to it first, as the directory says; anybody who may decide can. */
  readonly assignedTo?: string;
  /** Agent that asks. */
  readonly requestedBy: string;
  readonly openedAt: string;
  /** Absolute, so that it survives continue-as-new. Expiry refuses. */
  readonly expiresAt: string;
  /** How long an approval may be taken back, in milliseconds. Absent where it counts at once. */
  readonly undoMs?: number;
  /** When an approval is released, unless it is taken back or the case stops before. */
  readonly releaseAt?: string;
  readonly releasedAt?: string;
  /** What people asked before they decided, oldest first. */
  readonly questions?: readonly ReviewQuestion[];
  readonly status: 'open' | 'approved' | 'rejected' | 'expired' | 'withdrawn';
  readonly decision?: Decided;
}

/** What somebody who may decide wanted to know first: of the user, or of the agent that asks for the review. */
export interface ReviewQuestion {
  readonly by: string;
  readonly text: string;
  readonly at: string;
  /** The signature that it came with, so that the same one asks once. */
  readonly signature?: string;
  /** Id of the user's message that came next. */
  readonly answeredBy?: string;
  /** The agent that was asked; absent where it was the user. */
  readonly to?: string;
  /** The agent's turn that answers; with `to`. */
  readonly turnId?: string;
  /** Absent until the agent has answered, and for good where the review ended before. */
  readonly answer?: AgentAnswer;
}

/** What an agent made of a question on a review of its own. */
export interface AgentAnswer {
  readonly at: string;
  /** In its words; empty where it said nothing beside what it asks for. */
  readonly text: string;
  /** Digest of what it asks for since, where that is something else: who approved before, approved something else. */
  readonly digest?: string;
  /** Why there is no answer. */
  readonly failure?: Failure;
}

/** A decision as the case took it. */
export type Decided = Omit<Decision, 'signed'> & {
  readonly at: string;
  /** `proven` by the signature of a door, else `asserted`, as in cases of earlier releases where it is absent. */
  readonly proof?: 'proven' | 'asserted';
  /** Whose authority it was, where that of another: whoever decided acts for them for a while. */
  readonly onBehalfOf?: string;
};

/** Whether a review is approved and what it is for has not begun: it can still be stopped. */
export function isAwaitingRelease(review: Pick<Review, 'status' | 'releaseAt' | 'releasedAt'>): boolean {
  return review.status === 'approved' && review.releaseAt !== undefined && review.releasedAt === undefined;
}

/** The pool in whose inbox a review lies: the one asked last. */
export function inboxOf(review: Pick<Review, 'pool' | 'widened'>): string {
  return review.widened?.at(-1)?.pool ?? review.pool;
}

/** What is decided in less than so many milliseconds has hardly been read. */
const HASTY_MS = 5_000;

/**
 * How long somebody had a review before them, in milliseconds: since the door showed it, where it says so, and never
 * longer than its content has been there.
 * @param since when the content came about, ISO 8601
 */
export function tookMs(
  since: string,
  decided: { readonly at: string; readonly shownAt?: string | undefined },
): number {
  const at = Date.parse(decided.at);
  const shown = decided.shownAt === undefined ? Number.NaN : Date.parse(decided.shownAt);
  const from = Math.max(Date.parse(since), Number.isNaN(shown) ? Number.NEGATIVE_INFINITY : shown);
  // A door's clock may be ahead.
  return Math.max(0, at - from);
}

/** Whether a decision came so soon that it may be a rubber stamp. */
export function isHasty(decided: { readonly tookMs: number }): boolean {
  return decided.tookMs < HASTY_MS;
}
