import { z } from 'zod';
import { BatonError, failure } from './failures.ts';

const place = {
  agent: z.string(),
  turn: z.int().positive(),
  attempt: z.int().positive(),
  /** The agent answers another one, and not the user: of several questions at once, each by its own id. */
  asked: z.object({ by: z.string(), askId: z.string(), fanOut: z.string().optional() }).optional(),
};
const Progress = z.discriminatedUnion('kind', [
  /** The turn has begun to be answered. */
  z.object({ kind: z.literal('began'), ...place }),
  /** A later attempt answers it, or another model: whatever was said before is void. */
  z.object({ kind: z.literal('restarted'), ...place }),
  z.object({ kind: z.literal('text'), ...place, text: z.string() }),
  /** Nothing more comes of this attempt. What becomes of it, the case decides: its ledger says so. */
  z.object({ kind: z.literal('ended'), ...place }),
]);
/** Something that a turn says while it is under way. It is no record: what counts stands in ledger and transcript. */
export type Progress = z.output<typeof Progress>;

/** A piece of progress in its feed. */
export interface ProgressEntry {
  /** 1 for the first of the case; given by the store. */
  readonly offset: number;
  readonly progress: Progress;
}

/** Where to read a feed from, and how much of it at most. */
export interface ProgressRange {
  readonly after?: number;
  readonly limit?: number;
}

/** Reads progress as a store kept it. @throws BatonError `CONTEXT_CHANGED` */
export function readProgress(text: string): Progress {
  const parsed = Progress.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new BatonError(failure('CONTEXT_CHANGED', `progress: ${z.prettifyError(parsed.error)}`));
}

/**
 * What each turn has said so far, by its newest attempt: text of one that was restarted, and of one that sleeps and
 * wakes up late, is void.
 * @returns texts by the number of their turn
 */
export function textsOfProgress(feed: readonly Progress[]): ReadonlyMap<number, string> {
  const turns = new Map<number, { readonly attempt: number; readonly text: string }>();
  for (const one of feed) {
    const known = turns.get(one.turn);
    if (known && one.attempt < known.attempt) continue;
    const before = known?.attempt === one.attempt && one.kind !== 'restarted' ? known.text : '';
    turns.set(one.turn, { attempt: one.attempt, text: one.kind === 'text' ? before + one.text : before });
  }
  return new Map([...turns].map(([turn, { text }]) => [turn, text]));
}
