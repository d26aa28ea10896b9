import { setTimeout as delay } from 'node:timers/promises';
import { failureEntry, isBatonError } from '../../contract/failures.ts';

/** Shortest and longest pause before a request is sent again, in milliseconds. */
const FIRST_MS = 50;
const LAST_MS = 1_000;

/**
 * Sends a request until it is answered, as a service does whose server restarts: requests are idempotent, so a
 * repeat does no harm. Failures that a retry cannot mend are thrown at once.
 * @param deadline when to give up, in milliseconds since the epoch
 */
export async function untilAnswered<Answer>(deadline: number, send: () => Promise<Answer>): Promise<Answer> {
  for (let pause = FIRST_MS; ; pause = Math.min(2 * pause, LAST_MS)) {
    try {
      return await send();
    } catch (thrown) {
      const mayMend = isBatonError(thrown) && failureEntry(thrown.code).retryable;
      if (!mayMend || Date.now() + pause > deadline) throw thrown;
    }
    await delay(pause);
  }
}

/** Wakes whoever waits for news of a case. News that nobody waits for is kept for the next. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring, or after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** A bell. */
export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async (milliseconds) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
      wake = undefined;
    },
  };
}
