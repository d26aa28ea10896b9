import { z } from 'zod';
import { parseWith, type Parsed } from '../parse.ts';
import { CASE_QUEUE } from '../queues.ts';
import { nameSchema, versionSchema } from '../words.ts';
import { webhookEventSchema, webhookId } from './event.ts';

/** Name of the workflow type that delivers one event to one endpoint: a promise, it stands in histories. */
export const WEBHOOK_WORKFLOW = 'baton-webhook';

/** What every delivery's workflow id begins with. */
export const WEBHOOK_ID_PREFIX = 'webhook/';

const Delivery = z.strictObject({
  version: versionSchema(),
  /** Name of the endpoint. Address and secrets are looked up at each attempt, and are in no history. */
  endpoint: nameSchema(),
  event: webhookEventSchema(),
  /** Id of the configuration by which a client of A2A is told of its task; absent for endpoints of one's own. */
  push: z.string().min(1).max(200).optional(),
});
/** One event on its way to one endpoint. */
export type WebhookDelivery = z.output<typeof Delivery>;

/** Validates what a delivery was started with. Failures: `INPUT_INVALID`, `VERSION_UNSUPPORTED`. */
export function parseWebhookDelivery(value: unknown): Parsed<WebhookDelivery> {
  return parseWith(Delivery, value, 'delivery');
}

/** What became of a delivery that arrived; status 0 where nobody wants to be told any more. */
export interface WebhookDelivered {
  readonly status: number;
  /** Attempts it took, this one included. */
  readonly attempts: number;
}

/** The activity of deliveries, on a queue of each endpoint. */
export interface WebhookActivities {
  /** Posts the event; what fails is tried again after the pauses of its endpoint. */
  'deliver-webhook'(input: WebhookDelivery): Promise<WebhookDelivered>;
}

/**
 * Task queue of an endpoint: each has its own, so that one that is slow or dead holds up nobody else. The dots keep
 * it apart from pools, whose names have none. A deployment whose cases have a queue of their own has endpoints of its own,
 * too: another one in the namespace knows neither their addresses nor who wants to be told.
 */
export function webhookQueue(endpoint: string, caseQueue: string): string {
  const name = `baton.webhook.${endpoint}`;
  return caseQueue === CASE_QUEUE ? name : `${name}.${caseQueue}`;
}

/** Id of the workflow that delivers an event to an endpoint: a second start is no second delivery. */
export function webhookWorkflowId({ endpoint, event, push }: Omit<WebhookDelivery, 'version'>): string {
  const id = `${WEBHOOK_ID_PREFIX}${endpoint}/${webhookId(event.data)}`;
  return push === undefined ? id : `${id}/${push}`;
}
