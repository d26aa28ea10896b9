import { z } from 'zod';
import { noteInHeartbeat, noteOfEarlierAttempt } from '../heartbeat.ts';

const Note = z.object({
  /** Attempts before the one that wrote it that may have been paid for. */
  lost: z.int().nonnegative(),
  /** The attempt has asked, and has not heard that it was not charged. */
  asking: z.boolean(),
});

/** A call of a model on its way, and those before it that were lost. */
interface CallUnderWay {
  /** Earlier attempts that may have been paid for without an answer. */
  readonly lost: number;
  /** Leaves word for the next attempt: whatever becomes of this one, it may be charged from now on. */
  readonly asks: () => void;
  /** Leaves word that a vendor has refused, and charges nothing. */
  readonly failed: (thrown: unknown) => void;
}

/** Refusals before a model has begun: vendors charge nothing for them. */
const UNCHARGED: readonly unknown[] = [
  'MODEL_RATE_LIMITED',
  'MODEL_ACCESS_DENIED',
  'MODEL_REQUEST_REFUSED',
  'MODEL_CONTEXT_TOO_LONG',
];

/**
 * What earlier attempts of this turn may have cost. Each leaves a note in its heartbeat before it asks, which outlives a
 * killed worker; an attempt that left none counts, for nobody can know how far it came (G3).
 * @param attempt 1 for the first
 */
export function beginCall(attempt: number): CallUnderWay {
  const note = Note.safeParse(noteOfEarlierAttempt());
  const lost = note.success ? note.data.lost + (note.data.asking ? 1 : 0) : attempt - 1;
  return {
    lost,
    asks: () => {
      noteInHeartbeat({ lost, asking: true });
    },
    failed: (thrown) => {
      const { type, code } = Object(thrown) as { readonly type?: unknown; readonly code?: unknown };
      if (UNCHARGED.includes(type) || UNCHARGED.includes(code)) noteInHeartbeat({ lost, asking: false });
    },
  };
}
