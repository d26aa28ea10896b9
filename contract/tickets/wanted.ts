import { poolOfOwner } from '../queues.ts';
import type { WebhookEvent, WebhookEventType } from '../webhooks/event.ts';
import type { TicketDesk, TicketDesks } from './desks.ts';

/** Events after which a ticket may have something new to say. */
const TOLD: ReadonlySet<WebhookEventType> = new Set<WebhookEventType>([
  ...(['message.received', 'message.sent', 'handoff.accepted', 'dead-letter.opened'] as const),
  ...(['review.opened', 'review.decided', 'review.expired', 'review.withdrawn'] as const),
  ...(['person.claimed', 'person.released', 'case.closed'] as const),
]);

/** What a desk makes of an event: `open` may make a ticket, `tell` concerns those that have one. */
export interface WantedEvent {
  readonly desk: string;
  readonly wants: 'open' | 'tell';
}

type Told = Pick<WebhookEvent, 'type'> & {
  readonly data: Pick<WebhookEvent['data'], 'tenant' | 'team' | 'owner' | 'codes'>;
};

/** The desks that hear of an event: of its tenant and team, by type. */
export function desksFor({ desks }: Pick<TicketDesks, 'desks'>, event: Told): readonly WantedEvent[] {
  const { type, data } = event;
  if (!TOLD.has(type)) return [];
  return Object.entries(desks)
    .filter(([, { tenant, teams }]) => tenant === data.tenant && (teams?.includes(data.team) ?? true))
    .map(([desk, rules]) => ({ desk, wants: needsPerson(rules, event) ? 'open' : 'tell' }));
}

/** Whether a case needs somebody of the desk: a pool of it has the case, or is asked. */
function needsPerson({ pools, opens }: TicketDesk, { type, data: { owner, codes } }: Told): boolean {
  const has = (pool: string | undefined): boolean => pool !== undefined && Object.hasOwn(pools, pool);
  if (opens.includes('escalation') && has(poolOfOwner(owner))) return true;
  return opens.includes('review') && type === 'review.opened' && has(codes['pool']);
}
