import { setTimeout } from 'node:timers/promises';
import { isBatonError, type FailureCode } from '../../contract/failures.ts';

/** What a case answers that has asked for something itself, and has it in a moment. */
const PENDING: readonly FailureCode[] = ['DIRECTORY_PENDING', 'PROOF_PENDING'];

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/**
 * Asks again for as long as a case says that what it needs to answer is on its way: who is of a pool, or the keys of
 * doors. A refusal leaves nothing in the history.
 * @param limitMs how long in all; then whoever asked is told what is missing
 * @param codes the refusals that are asked again
 */
export async function askAgain<Answer>(
  limitMs: number,
  ask: (attempt: number) => Promise<Answer>,
  codes: readonly FailureCode[] = PENDING,
): Promise<Answer> {
  const until = performance.now() + limitMs;
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(attempt);
    } catch (thrown) {
      if (!isBatonError(thrown) || !codes.includes(thrown.code)) throw thrown;
      if (performance.now() + pause >= until) throw thrown;
    }
    await setTimeout(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}
