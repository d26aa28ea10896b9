import { Context } from '@temporalio/activity';
import type { Offer, Recorded } from '../contract/activities.ts';
import { ACKNOWLEDGE_AFTER_MS } from '../contract/limits.ts';
import type { Acknowledgement } from '../contract/message-shapes.ts';

/** The receiver's yes to an offer. */
export function acknowledgementOf(
  offer: Offer,
  attempt: number,
  arrived: string | undefined,
): Acknowledgement {
  return {
    handoffId: offer.handoffId,
    offerEpoch: offer.epoch,
    attempt,
    digest: offer.digest,
    ...(arrived === undefined ? {} : { arrived }),
  };
}

/**
 * Says yes once the rows that came along are recorded, as every other answer does.
 * @returns waits for a signal under way, so that none arrives after the turn has ended
 */
export function acknowledgeIfSlow(
  acknowledgement: Acknowledgement,
  recording: Promise<Recorded>,
): () => Promise<void> {
  const context = Context.current();
  let sending: Promise<void> = Promise.resolve();
  const timer = setTimeout(() => {
    const execution = context.info.workflowExecution;
    if (!execution) return;
    // A lost signal costs nothing but time: the result carries the acknowledgement as well.
    const handle = context.client.workflow.getHandle(execution.workflowId, execution.runId);
    sending = recording.then(() => handle.signal('accepted', acknowledgement)).catch(() => undefined);
  }, ACKNOWLEDGE_AFTER_MS);
  return async () => {
    clearTimeout(timer);
    await sending;
  };
}
