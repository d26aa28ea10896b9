import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { RawActivities, RawCaseInput } from './desk-facts.ts';

/**
 * The same work written by hand: one activity a turn on the queue of the agent, with Baton's timeouts and retries,
 * and as many bytes in and out, and nothing else: no contract, guards, ledger, search attributes or deadline of the offer.
 */
export async function rawCase(input: RawCaseInput): Promise<string> {
  let { facts } = input;
  const filler = 'x'.repeat(input.filler.input);
  let owner = 'intake';
  for (;;) {
    const { turn } = proxyActivities<RawActivities>({
      taskQueue: `raw-${owner}`,
      startToCloseTimeout: 30_000,
      scheduleToStartTimeout: 600_000,
      heartbeatTimeout: 2_000,
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      retry: { maximumAttempts: 3, initialInterval: 200, backoffCoefficient: 2, maximumInterval: 5_000 },
    });
    const output = await turn({ agent: owner, facts, said: input.said, filler, fill: input.filler.output });
    if (output.to === null) return 'resolved';
    facts = output.facts;
    owner = output.to;
  }
}
