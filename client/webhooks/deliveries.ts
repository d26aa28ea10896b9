import { BatonError, failure } from '../../contract/failures.ts';
import {
  parseWebhookDelivery,
  WEBHOOK_ID_PREFIX,
  WEBHOOK_WORKFLOW,
  type WebhookDelivery,
} from '../../contract/webhooks/delivery.ts';
import { failedRuns, startAgain, type FailedBecause, type OutboundKind } from '../history/failed-runs.ts';
import type { Access } from '../reach/access.ts';

/** A delivery that spent its attempts, and that nobody has redriven since. */
export interface FailedWebhook {
  /** Name of the delivery: its workflow id. */
  readonly delivery: string;
  readonly endpoint: string;
  /** Such as `case.closed`. */
  readonly type: string;
  readonly caseId: string;
  readonly seq: number;
  readonly failedAt: string;
  readonly failure: FailedBecause;
}

/** Which of them. */
export interface WebhookFilter {
  readonly endpoint?: string;
  /** At most so many, the newest first; 50 when absent, 1,000 at most. */
  readonly limit?: number;
}

const DELIVERIES: OutboundKind<WebhookDelivery> = {
  type: WEBHOOK_WORKFLOW,
  prefix: WEBHOOK_ID_PREFIX,
  parse: parseWebhookDelivery,
  summary: ({ event, endpoint }) => `${event.type} to ${endpoint}`,
  lost: 'WEBHOOK_UNDELIVERED',
};

/**
 * The deliveries that have failed for good. Needs no worker.
 * @throws BatonError `INPUT_INVALID`, `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function failedWebhooks(
  access: Access,
  { endpoint, limit }: WebhookFilter = {},
): Promise<readonly FailedWebhook[]> {
  const found = await failedRuns(access, DELIVERIES, { field: 'endpoint', name: endpoint, limit });
  return found.map((one) => ({
    delivery: one.workflowId,
    endpoint: one.workflowId.split('/')[1] ?? '',
    type: one.input?.event.type ?? '',
    caseId: one.input?.event.data.caseId ?? '',
    seq: one.input?.event.data.seq ?? 0,
    failedAt: one.failedAt,
    failure: one.failure,
  }));
}

/**
 * Starts a failed delivery again: the same event under the same webhook-id, with all its attempts.
 * @throws BatonError `WEBHOOK_UNKNOWN` for one that is not there or has not failed, `SERVER_UNREACHABLE`
 */
export async function redriveWebhook(access: Access, delivery: string): Promise<void> {
  await startAgain(access, DELIVERIES, {
    workflowId: delivery,
    unknown: () => new BatonError(failure('WEBHOOK_UNKNOWN', JSON.stringify(delivery), 'delivery')),
  });
}
