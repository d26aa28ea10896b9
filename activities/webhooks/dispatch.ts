import { PUSH_ENDPOINT, type PushConfigStore } from '../../contract/a2a-push.ts';
import { BatonError } from '../../contract/failures.ts';
import type { DisabledEndpoint, Outbox, OutboxEntry } from '../../contract/ports.ts';
import { parseWith } from '../../contract/parse.ts';
import type { TicketDesks } from '../../contract/tickets/desks.ts';
import { desksFor, type WantedEvent } from '../../contract/tickets/wanted.ts';
import { isPushed } from './push.ts';
import type { WebhookDelivery } from '../../contract/webhooks/delivery.ts';
import { endpointsFor, type WebhookEndpoints } from '../../contract/webhooks/endpoints.ts';
import { webhookEventSchema, type WebhookEvent } from '../../contract/webhooks/event.ts';

/** What a dispatcher works with. */
export interface DispatchPorts {
  readonly outbox: Pick<Outbox, 'take' | 'remove' | 'disabled'>;
  readonly endpoints: WebhookEndpoints;
  /** Starts the delivery of an event to an endpoint; one that was started before is left as it is. */
  readonly start: (delivery: WebhookDelivery) => Promise<void>;
  /** Desks whose tickets are told of events; none when absent. */
  readonly tickets?: {
    readonly desks: TicketDesks;
    /** Wakes whoever keeps a case and its ticket alike; starts it only for what may make a ticket. */
    readonly wake: (wanted: WantedEvent, event: WebhookEvent) => Promise<void>;
  };
  /** Where clients of A2A want to be told of their tasks; nobody is when absent. */
  readonly pushes?: Pick<PushConfigStore, 'list'>;
}

/** Entries taken at once. */
const BATCH = 100;
/** How long they are ours: far more than starting them takes, little enough for whoever finds them after us. */
const OURS_MS = 30_000;

/**
 * Takes entries out of the outbox: a delivery is started for each and for each endpoint that wants it, and only then
 * is the entry removed. Whoever dies in between leaves the entry to another, whose starts find what was started
 * before. So several may do this at once, and nothing is lost.
 * @returns whether there may be more right now
 * @throws the first thing that went wrong, once the others are done
 */
export async function dispatchEntries({
  outbox,
  endpoints,
  start,
  tickets,
  pushes,
}: DispatchPorts): Promise<boolean> {
  const entries = await outbox.take({ limit: BATCH, forMs: OURS_MS });
  if (entries.length === 0) return false;
  const disabled = await outbox.disabled();
  const outcomes = await Promise.allSettled(
    entries.map(async (entry) => {
      const parsed = parseWith(webhookEventSchema(), JSON.parse(entry.body), 'outbox');
      if (!parsed.ok) throw new BatonError(parsed.failure);
      const event = parsed.value;
      for (const endpoint of endpointsFor(endpoints, event))
        if (!isDisabled(endpoint, endpoints, disabled)) await start({ version: '1.0.0', endpoint, event });
      if (pushes && isPushed(event))
        for (const { id: push } of await pushes.list(event.data.caseId))
          await start({ version: '1.0.0', endpoint: PUSH_ENDPOINT, event, push });
      if (tickets) for (const one of desksFor(tickets.desks, event)) await tickets.wake(one, event);
      return entry;
    }),
  );
  const started = outcomes.filter(
    (one): one is PromiseFulfilledResult<OutboxEntry> => one.status === 'fulfilled',
  );
  await outbox.remove(started.map(({ value }) => value));
  const failed = outcomes.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return entries.length === BATCH;
}

/** Whether an endpoint has said that it is gone, at the address it still has. */
export function isDisabled(
  endpoint: string,
  { endpoints }: Pick<WebhookEndpoints, 'endpoints'>,
  disabled: readonly DisabledEndpoint[],
): boolean {
  return disabled.some((one) => one.endpoint === endpoint && one.url === endpoints[endpoint]?.url);
}
