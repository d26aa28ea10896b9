import type { ContextCase } from '../../contract/context.ts';
import type { ContextStore } from '../../contract/ports.ts';
import type { Progress } from '../../contract/progress.ts';

/** Tells the feed of a case what a model says while it speaks. */
export interface ProgressFeed {
  readonly text: (piece: string) => void;
  /** Another model answers: whatever was said is void. */
  readonly restart: () => void;
  /** Waits until everything that was told is in the store, or given up. */
  readonly end: () => Promise<void>;
}

/** Pieces that come within so many milliseconds are one entry: a feed is for eyes, not for tokens. */
const GATHER_MS = 100;

/**
 * Opens the feed for one attempt of a turn. Entries go to the store one after the other beside the call: it is never
 * slower for them, and a store that does not take them costs the feed, not the turn. They are no part of the history.
 */
export function openProgress(
  store: Pick<ContextStore, 'appendProgress'>,
  owner: ContextCase,
  of: Pick<Progress, 'agent' | 'turn' | 'attempt' | 'asked'>,
): ProgressFeed {
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const append = (...entries: readonly Progress[]): void => {
    writing = writing.then(() => store.appendProgress(owner, entries)).catch(() => undefined);
  };
  /** What has come and is not told yet. */
  const taken = (): readonly Progress[] => {
    clearTimeout(timer);
    timer = undefined;
    const text = gathered;
    gathered = '';
    return text === '' ? [] : [{ kind: 'text', ...of, text }];
  };
  append({ kind: of.attempt === 1 ? 'began' : 'restarted', ...of });
  return {
    text: (piece) => {
      gathered += piece;
      timer ??= setTimeout(() => {
        append(...taken());
      }, GATHER_MS);
    },
    restart: () => {
      append(...taken(), { kind: 'restarted', ...of });
    },
    end: async () => {
      append(...taken(), { kind: 'ended', ...of });
      await writing;
    },
  };
}
