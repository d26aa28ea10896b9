import type { CallAnswer, Notice } from '../contract/activities.ts';
import type { DeadLetter } from '../contract/case.ts';
import type { AskStatus, Rest } from '../contract/fan-out.ts';
import type { WorkingMemory } from '../contract/working-memory.ts';
import type { AskFrame, Work } from './state.ts';

/** One of several questions that are put at once, with the line of work on it. */
export interface Branch {
  /** Of the question itself; absent where it was refused before it was put. */
  readonly askId?: string;
  /** The asker's own name for it. */
  readonly callId: string;
  readonly to: string;
  /** Its question, and those that it has led to; empty once it has come to its end. */
  readonly asks: readonly AskFrame[];
  /** `idle` before it has begun, and once it has come to its end or was stopped. */
  readonly work: Work;
  readonly begun: boolean;
  /** Number of its last turn; 0 before the first. */
  readonly turn: number;
  readonly answers: readonly CallAnswer[];
  readonly notices: readonly Notice[];
  readonly repairs: number;
  readonly troubles: DeadLetter['attempts'];
  readonly end?: BranchEnd;
}

/** What a question of several came to. */
export interface BranchEnd {
  readonly status: AskStatus;
  readonly answer: CallAnswer['answer'];
  /** What whoever was asked hands back of its working memory; taken up with the answers, in the order asked. */
  readonly crossed?: WorkingMemory;
}

/**
 * Several questions of one turn. Turns and look-ups of its branches run side by side; writes one at a time over the
 * whole case, so that the order in which they are taken back is the reverse of that in which they were made (I4).
 */
export interface FanOut {
  readonly kind: 'fan-out';
  /** `f1` for the first of the case. */
  readonly id: string;
  readonly by: string;
  /** Answers without which none counts. */
  readonly needed: number;
  readonly rest: Rest;
  readonly branches: readonly Branch[];
  /** Present once it is decided: nothing of it begins any more, and what does not count is taken back. */
  readonly decided?: {
    readonly met: boolean;
    /** Effects still to be taken back, newest first; absent until everything has come to rest. */
    readonly remaining?: readonly string[];
    readonly current?: string;
    /** All that was to be taken back. */
    readonly all?: readonly string[];
  };
  /** What was stopped already: turns alone, or calls as well. */
  readonly halted?: 'turns' | 'calls';
}
