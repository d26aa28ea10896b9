import { setTimeout } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { isBatonError } from '../../contract/failures.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Asks a store until it answers: one that is being restarted must not spend the agent's attempts (F04). It gives up
 * after half of the time the activity has, so that the agent has the other half, and when the case stops the work.
 * @throws whatever the store throws that waiting does not mend, and `STORE_UNAVAILABLE` in the end
 */
export async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const { info, cancellationSignal } = Context.current();
  const deadline = Date.now() + info.startToCloseTimeoutMs / 2;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (thrown) {
      const passing = isBatonError(thrown) && thrown.code === 'STORE_UNAVAILABLE';
      if (!passing || Date.now() + pause > deadline) throw thrown;
      await setTimeout(pause, undefined, { signal: cancellationSignal });
    }
  }
}
