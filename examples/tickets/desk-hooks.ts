import { createHmac, randomUUID } from 'node:crypto';
import type { DeskAudit, DeskTicket } from './desk-state.ts';

/** The headers and body of a hook, as the ticket system signs it: HMAC-SHA256 of timestamp and body, in base64. */
export function signedHook(
  body: string,
  { secret, at = new Date() }: { readonly secret: string; readonly at?: Date },
): Record<string, string> {
  const timestamp = at.toISOString();
  return {
    'content-type': 'application/json',
    'x-zendesk-webhook-signature-timestamp': timestamp,
    'x-zendesk-webhook-signature': createHmac('sha256', secret)
      .update(timestamp + body)
      .digest('base64'),
  };
}

/** Where a desk tells of changes, and what it signs with. */
export interface DeskHook {
  readonly url: () => string;
  readonly secret: string;
}

/** Tells a hook of a change: one event for a comment, one for a status. */
export async function tellHook(hook: DeskHook, audit: DeskAudit, ticket: DeskTicket): Promise<void> {
  const events = audit.events.flatMap((one) => hookEventOf(one, audit, ticket));
  await Promise.all(
    events.map(async (event) => {
      const body = JSON.stringify(event);
      await fetch(hook.url(), { method: 'POST', body, headers: signedHook(body, hook) });
    }),
  );
}

/** The event of a hook that tells of one change, as Zendesk has them. */
function hookEventOf(one: Readonly<Record<string, unknown>>, audit: DeskAudit, ticket: DeskTicket): object[] {
  const shared = {
    id: randomUUID(),
    account_id: 1,
    time: new Date().toISOString(),
    subject: `zen:ticket:${String(ticket.id)}`,
    zendesk_event_version: '2022-11-06',
    detail: {
      id: String(ticket.id),
      actor_id: String(audit.author_id),
      external_id: ticket.external_id,
      status: ticket.status.toUpperCase(),
    },
  };
  if (one['type'] === 'Comment') {
    const author = { id: String(one['author_id']), is_staff: true, name: 'somebody' };
    const comment = { id: String(one['id']), body: one['body'], is_public: one['public'], author };
    return [{ ...shared, type: 'zen:event-type:ticket.comment_added', event: { comment } }];
  }
  if (one['field_name'] !== 'status') return [];
  const event = { current: String(one['value']).toUpperCase() };
  return [{ ...shared, type: 'zen:event-type:ticket.status_changed', event }];
}
