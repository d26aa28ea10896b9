import { patched, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { applicationFailure } from '../contract/application-failure.ts';
import { isPoison, poisonFailure } from '../contract/poison.ts';
import { CASE_QUEUE } from '../contract/queues.ts';
import {
  parseWebhookDelivery,
  WEBHOOK_WORKFLOW,
  webhookQueue,
  type WebhookActivities,
  type WebhookDelivered,
} from '../contract/webhooks/delivery.ts';
import { PATCHES } from './patches.ts';

/** Longer than all pauses that an endpoint can have, so that even one that nobody serves comes to an end. */
const GIVEN_UP_AFTER = '31 days';

/**
 * The delivery of one event to one endpoint: one activity on the endpoint's own queue. The pauses between its
 * attempts come from the activity, which knows the endpoint. What has failed stays as a failed workflow.
 */
export async function runWebhook(value: unknown): Promise<WebhookDelivered> {
  const parsed = isPoison(value)
    ? { ok: false as const, failure: poisonFailure(value) }
    : parseWebhookDelivery(value);
  if (!parsed.ok) throw applicationFailure(parsed.failure);
  const { endpoint, event } = parsed.value;
  const activities = proxyActivities<WebhookActivities>({
    taskQueue: webhookQueue(endpoint, caseQueueHere()),
    summary: `${event.type} ${String(event.data.seq)} to ${endpoint}`,
    // An endpoint answers within 30 seconds; a worker that died is noticed by this.
    startToCloseTimeout: '45 seconds',
    scheduleToCloseTimeout: GIVEN_UP_AFTER,
    retry: { initialInterval: '5 seconds', backoffCoefficient: 3, maximumInterval: '1 hour' },
  });
  return activities['deliver-webhook'](parsed.value);
}

/** The queue of the cases whose workers started this; what began before there were several goes on where it began. */
function caseQueueHere(): string {
  const { taskQueue } = workflowInfo();
  return taskQueue !== CASE_QUEUE && patched(PATCHES.ownDeliveries) ? taskQueue : CASE_QUEUE;
}
Object.defineProperty(runWebhook, 'name', { value: WEBHOOK_WORKFLOW });
