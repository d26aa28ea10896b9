import { z } from 'zod';
import { PUSH_ENDPOINT } from '../a2a-push.ts';
import { urlFault } from '../outside.ts';
import { DEFAULT_TENANT, isTenantName } from '../tenant.ts';
import { nameSchema, versionSchema } from '../words.ts';
import { webhookEventTypes, type WebhookEvent, type WebhookEventType } from './event.ts';

const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;
/** Pauses after failed attempts in seconds, as Standard Webhooks recommends: ten attempts over three days. */
const PAUSES = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
const FILTERS: readonly string[] = [
  '*',
  ...webhookEventTypes().flatMap((type) => [type, `${type.slice(0, type.indexOf('.'))}.*`]),
];

const Endpoint = z.strictObject({
  /** Whose cases it hears of. */
  tenant: z
    .string()
    .refine(isTenantName, 'lower-case letters, digits and hyphens, such as acme')
    .default(DEFAULT_TENANT),
  url: z.url(),
  /** Every one signs; name two while a receiver changes from the old to the new. */
  secrets: z.array(z.string().regex(SECRET, '`whsec_` and 24 to 64 bytes in base64')).min(1).max(4),
  /** Types such as `case.closed`, or groups such as `review.*`. */
  events: z
    .array(z.string().refine((filter) => FILTERS.includes(filter), `one of ${FILTERS.join(', ')}`))
    .min(1)
    .default(['*']),
  /** How long an answer may take, in milliseconds. */
  timeoutMs: z.int().min(100).max(30_000).default(15_000),
  /** Requests at once, of each worker process. */
  atOnce: z.int().min(1).max(100).default(10),
  /** Pauses between attempts in seconds; when they are spent, the delivery has failed. */
  pausesSeconds: z
    .array(z.int().min(1).max(86_400))
    .max(30)
    .default([...PAUSES]),
});

const Endpoints = z
  .strictObject({
    version: versionSchema(),
    /** Hosts, with their port where it is named, that may be inside, and spoken to in clear. */
    allowedHosts: z.array(z.string().min(1).max(300)).max(100).default([]),
    /** Endpoints by name. Each has a task queue, so there are not thousands of them. */
    endpoints: z.record(nameSchema(), Endpoint).refine((all) => Object.keys(all).length <= 200, {
      message: 'at most 200 endpoints',
    }),
  })
  .superRefine(({ allowedHosts, endpoints }, context) => {
    for (const [name, { url }] of Object.entries(endpoints)) {
      if (name === PUSH_ENDPOINT)
        context.addIssue({
          code: 'custom',
          path: ['endpoints', name],
          message: 'another name: pushes of A2A have it',
        });
      const message = urlFault(url, allowedHosts);
      if (message !== undefined)
        context.addIssue({ code: 'custom', path: ['endpoints', name, 'url'], message });
    }
  });

/** Where events go, as `BATON_WEBHOOKS` says it. */
export type WebhookEndpoints = z.output<typeof Endpoints>;
/** One of them. */
export type WebhookEndpoint = WebhookEndpoints['endpoints'][string];

/** Pauses between attempts, in seconds, where an endpoint names none. */
export function usualPauses(): readonly number[] {
  return PAUSES;
}

/** Schema of {@link WebhookEndpoints}. */
export function webhookEndpointsSchema(): typeof Endpoints {
  return Endpoints;
}

/** The names of the endpoints that hear of an event: of its tenant, by type. */
export function endpointsFor(
  { endpoints }: Pick<WebhookEndpoints, 'endpoints'>,
  { type, data }: { readonly type: WebhookEventType; readonly data: Pick<WebhookEvent['data'], 'tenant'> },
): readonly string[] {
  const group = `${type.slice(0, type.indexOf('.'))}.*`;
  return Object.entries(endpoints)
    .filter(
      ([, { tenant, events }]) =>
        tenant === data.tenant &&
        events.some((filter) => filter === '*' || filter === type || filter === group),
    )
    .map(([name]) => name);
}
