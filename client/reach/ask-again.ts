import { setTimeout } from 'node:timers/promises';
import { isBatonError, type FailureCode } from '../../contract/failures.ts';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/**
 * Asks again for as long as a refusal says that an answer is on its way: who is of a pool, the keys of doors, or the
 * next attempt of a workflow task. Such a refusal takes nothing and leaves nothing in the history.
 * @param limitMs how long in all; then whoever asked is told what is missing
 * @param ask is given the number of the attempt, from 1
 * @param isPassing the refusals that are asked again; those of {@link isPending} when absent
 */
export async function askAgain<Answer>(
  limitMs: number,
  ask: (attempt: number) => Promise<Answer>,
  isPassing: (thrown: unknown) => boolean = isPending,
): Promise<Answer> {
  const until = performance.now() + limitMs;
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(attempt);
    } catch (thrown) {
      if (!isPassing(thrown)) throw thrown;
      if (performance.now() + pause >= until) throw thrown;
    }
    await setTimeout(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}

/** Whether a case answers that it has asked for something itself, and has it in a moment. */
const isPending = isRefusedWith('DIRECTORY_PENDING', 'PROOF_PENDING');

/** Tells whether something thrown is a refusal with one of the codes. */
export function isRefusedWith(...codes: readonly FailureCode[]): (thrown: unknown) => boolean {
  return (thrown) => isBatonError(thrown) && codes.includes(thrown.code);
}
