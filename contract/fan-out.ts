import { z } from 'zod';
import type { FailureCode } from './failures.ts';
import { ASKS_PER_TURN } from './limits.ts';

/**
 * How many of the questions that one turn puts at once must be answered (O6): `all`, `any` of them, or so many. Fewer
 * answers undo what was written for any of them.
 */
export type Need = 'all' | 'any' | number;

/** Schema of {@link Need}. */
export function needSchema(): z.ZodType<Need, Need> {
  return z.union([z.literal('all'), z.literal('any'), z.int().positive().max(ASKS_PER_TURN)]);
}

/** What is done with questions under way once enough are answered: they are waited for, or stopped. */
export type Rest = 'wait' | 'stop';

/** Schema of {@link Rest}. */
export function restSchema(): z.ZodType<Rest, Rest> {
  return z.enum(['wait', 'stop']);
}

/** How many answers that is, of so many questions. */
export function neededOf(need: Need, questions: number): number {
  switch (need) {
    case 'all':
      return questions;
    case 'any':
      return 1;
    default:
      return Math.min(need, questions);
  }
}

/**
 * How many answers so many questions need, of those who have a say in it: the most that anybody wants, for an agent may
 * want more than its team, and never fewer. All where nobody says.
 */
export function wantedOf(questions: number, ...needs: readonly (Need | undefined)[]): number {
  const wants = needs.flatMap((need) => (need === undefined ? [] : neededOf(need, questions)));
  return wants.length > 0 ? Math.max(...wants) : questions;
}

/**
 * What became of one question of several: its error, if any, travels beside it as a typed failure (R6). `expired` was
 * too late, `refused` was never put, `out-of-budget` had too little left, and `withdrawn` is no longer wanted.
 */
export type AskStatus = 'answered' | 'failed' | 'expired' | 'refused' | 'out-of-budget' | 'withdrawn';

/** What the failure of a question amounts to. */
export function askStatusOf(kind: 'refused' | 'failed', code: FailureCode): AskStatus {
  if (code === 'ASK_EXPIRED') return 'expired';
  if (code === 'ASK_WITHDRAWN') return 'withdrawn';
  return code === 'BUDGET_SPENT' || code === 'TENANT_BUDGET_SPENT' ? 'out-of-budget' : kind;
}

/** What an answer says of itself that was one of several: `asked` of a `CallAnswer` that an agent's turn is given. */
export interface FanOutAnswer {
  /** The fan-out that the question was put with: `f1` for the first of the case. */
  readonly fanOut: string;
  readonly status: AskStatus;
  /** Tools whose writes for this question were taken back, newest first; absent where none was. */
  readonly takenBack?: readonly string[];
  /** Tools whose writes for it stand although its answer does not count; absent where there is none. */
  readonly kept?: readonly string[];
}

/** Several questions of one turn while they are open, as `show` tells of them (O6). */
export interface FanOutView {
  /** `f1` for the first of the case. */
  readonly id: string;
  /** The agent that asks. */
  readonly by: string;
  /** Answers without which none counts. */
  readonly needed: number;
  /** What becomes of the others once enough are answered. */
  readonly rest: Rest;
  /** `taking-back` once it is decided, while what does not count is taken back. */
  readonly phase: 'asking' | 'taking-back';
  readonly questions: readonly {
    readonly to: string;
    /** Absent where the question was refused before it was put. */
    readonly askId?: string;
    readonly status: AskStatus | 'open';
  }[];
}

/** One line on several questions: `supervisor asks billing, legal (1 of 2 needed)`. */
export function fanOutLine({
  by,
  needed,
  questions,
}: Pick<FanOutView, 'by' | 'needed' | 'questions'>): string {
  const whom = questions.map(({ to }) => to).join(', ');
  return `${by} asks ${whom} (${String(needed)} of ${String(questions.length)} needed)`;
}
