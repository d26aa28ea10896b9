import {
  ActivityCancellationType,
  condition,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { rawReviewQuery, type RawActivities, type RawCaseInput } from './desk-facts.ts';

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

/**
 * One turn, and then a review that waits for a person, as one would write it by hand: a search attribute to be found
 * by, and a query that tells what is asked.
 */
export async function rawReview({ facts, said, filler }: RawCaseInput): Promise<void> {
  const { turn } = proxyActivities<RawActivities>({ taskQueue: 'raw-intake', startToCloseTimeout: 30_000 });
  const output = await turn({
    ...{ agent: 'intake', facts, said, fill: filler.output },
    filler: 'x'.repeat(filler.input),
  });
  setHandler(rawReviewQuery, () => output);
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.stage, value: 'waiting-person' }]);
  await condition(() => false);
}
