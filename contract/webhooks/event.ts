import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { LedgerKind, LedgerRow } from '../ledger.ts';
import { isTenantName, tenantOfCase } from '../tenant.ts';
import { idSchema, instantSchema, nameSchema, versionSchema } from '../words.ts';

/** Which rows of the ledger the world hears of, and as what. The others are the house's own affair. */
const TYPES = {
  'case-opened': 'case.opened',
  'case-adopted': 'case.opened',
  'message-received': 'message.received',
  'message-sent': 'message.sent',
  'human-asked': 'human.asked',
  'handoff-refused': 'handoff.refused',
  'handoff-held': 'handoff.held',
  'handoff-offered': 'handoff.offered',
  'handoff-accepted': 'handoff.accepted',
  'handoff-declined': 'handoff.declined',
  'handoff-expired': 'handoff.expired',
  'handoff-withdrawn': 'handoff.withdrawn',
  'handoff-completed': 'handoff.completed',
  'handoff-returned': 'handoff.returned',
  'handoff-rolled-back': 'handoff.rolled-back',
  'handoff-dead-lettered': 'handoff.dead-lettered',
  'effect-committed': 'effect.committed',
  'effect-failed': 'effect.failed',
  'effect-undone': 'effect.undone',
  'undo-failed': 'effect.undo-failed',
  'review-opened': 'review.opened',
  'review-decided': 'review.decided',
  'review-expired': 'review.expired',
  'review-withdrawn': 'review.withdrawn',
  'dead-letter-opened': 'dead-letter.opened',
  'dead-letter-redriven': 'dead-letter.redriven',
  'dead-letter-discarded': 'dead-letter.discarded',
  'person-claimed': 'person.claimed',
  'person-released': 'person.released',
  'person-took-over': 'person.took-over',
  'cancel-requested': 'case.cancel-requested',
  'case-closed': 'case.closed',
} as const satisfies Partial<Readonly<Record<LedgerKind, string>>>;

/** What an event tells of, such as `case.closed`. Names are promises: receivers branch on them. */
export type WebhookEventType = (typeof TYPES)[keyof typeof TYPES];

const ALL_TYPES = [...new Set(Object.values(TYPES))] as [WebhookEventType, ...WebhookEventType[]];

/** All types of events, in the order in which a case comes to them. */
export function webhookEventTypes(): readonly WebhookEventType[] {
  return ALL_TYPES;
}

/** A code: one word, so that no sentence of a user, an agent or a person leaves with it. */
const CODE = /^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/;

/** The fields of rows that hold codes. Nothing else of a row leaves: reasons, explanations and names of staff stay. */
const CODES = [
  ...['handoffId', 'verb', 'from', 'to', 'reasonCode', 'reviewId', 'pool', 'kind', 'decision'],
  ...['deadLetterId', 'agent', 'tool', 'outcome', 'saga', 'atExpiry'],
] as const;

const Event = z.strictObject({
  version: versionSchema(),
  type: z.enum(ALL_TYPES),
  /** Workflow time of the boundary, ISO 8601 in UTC. */
  timestamp: instantSchema(),
  data: z.strictObject({
    /** Whole id of the case. */
    caseId: idSchema(),
    tenant: z.string().refine(isTenantName, 'the name of a tenant'),
    team: nameSchema(),
    trace: idSchema(),
    /** Number of the ledger row: events of one trace are in order by it. Rows nobody is told of leave gaps. */
    seq: z.int().positive(),
    /** Who owned the case once the boundary was crossed: an agent's name, or `people:<pool>`. */
    owner: z.string().max(200),
    /** Codes by name, such as `to`, `reasonCode`, `decision` or `failure`. */
    codes: z.record(z.string().max(64), z.string().regex(CODE)),
  }),
});

/**
 * What leaves by webhook: that a boundary was crossed, in which case, and codes. Thin, so that nobody's words leave;
 * whoever wants to know more asks, and is asked who they are. Shape of the body after Standard Webhooks
 * (https://www.standardwebhooks.com): `type`, `timestamp`, `data`.
 */
export type WebhookEvent = z.output<typeof Event>;

/** Schema of {@link WebhookEvent}. */
export function webhookEventSchema(): typeof Event {
  return Event;
}

/** Whose row it is. */
export interface RowOwner {
  readonly caseId: string;
  readonly team: string;
}

/** The event that tells of a ledger row, or undefined for a row that nobody is told of. */
export function eventOfRow(row: LedgerRow, { caseId, team }: RowOwner): WebhookEvent | undefined {
  const type = Object.hasOwn(TYPES, row.kind) ? TYPES[row.kind as keyof typeof TYPES] : undefined;
  if (type === undefined) return undefined;
  const { trace, sequence: seq, at: timestamp, owner, content } = row;
  const tenant = tenantOfCase(caseId);
  return {
    version: '1.0.0',
    type,
    timestamp,
    data: { caseId, tenant, team, trace, seq, owner, codes: codesOf(content) },
  };
}

function codesOf(content: JsonObject): Record<string, string> {
  const found = CODES.map((name) => [name, content[name]] as const);
  const { failure, outcome } = content;
  // How a case ended is a record of its own: what kind of end, and the agent's or person's word for it.
  const ending = isJsonObject(outcome) ? outcome : {};
  const inside = [
    ['failure', isJsonObject(failure) ? failure['code'] : undefined],
    ['ending', ending['kind']],
    ['outcome', ending['outcome']],
  ] as const;
  return Object.fromEntries(
    [...found, ...inside].filter(
      (entry): entry is readonly [(typeof inside)[number][0], string] =>
        typeof entry[1] === 'string' && CODE.test(entry[1]),
    ),
  );
}

/**
 * The id of an event, the same in every attempt and for every endpoint: receivers know a repeat by it. It has no
 * dots, because the signature is over `id.timestamp.body`.
 */
export function webhookId({ trace, seq }: Pick<WebhookEvent['data'], 'trace' | 'seq'>): string {
  return `evt_${trace.replaceAll('.', '_')}_${String(seq)}`;
}
