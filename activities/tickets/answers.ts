import { z } from 'zod';

const Id = z.int();

const Ticket = z.object({
  id: z.int().positive(),
  status: z.string(),
  external_id: z.string().nullish(),
  /** ISO 8601, to the second: an update that names it is refused once there was another. */
  updated_at: z.string(),
});
/** A ticket, as far as Baton looks at it. */
export type Ticket = z.output<typeof Ticket>;

/** What Baton writes beside each change of its own, where only the API shows it. */
const Mark = z.object({
  /** Whole id of the case that the ticket was made for: a ticket that says another is not its own. */
  case: z.string(),
  /** Rows of the ledger up to this one are on the ticket. */
  row: z.int().nonnegative().default(0),
  /** Changes of the ticket up to this audit have reached the case. */
  taken: z.int().nonnegative().default(0),
  /** Sequence of the last message of the case that the ticket shows. */
  seen: z.int().nonnegative().default(0),
  /** The audit that this answers, where it is an answer. */
  re: z.int().optional(),
});
/** How far a case and its ticket were alike at a change of Baton's own. */
export type TicketMark = z.output<typeof Mark>;

const Said = z.object({
  type: z.literal('Comment'),
  author_id: Id,
  body: z.string().default(''),
  plain_body: z.string().optional(),
  public: z.boolean(),
  attachments: z.array(z.unknown()).default([]),
});
const Changed = z.object({
  type: z.enum(['Change', 'Create']),
  field_name: z.string(),
  value: z.unknown().optional(),
});
const AuditEvent = z.union([Said, Changed, z.object({ type: z.string() })]);

const Audit = z.object({
  id: z.int().positive(),
  /** Who did it, as the ticket system knows by itself; negative for its own rules. */
  author_id: Id,
  events: z.array(AuditEvent),
  metadata: z
    .object({
      custom: z
        .object({ baton: Mark.optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});
/** One change of a ticket: what was said and set at once, by whom. Audits are numbered in their order. */
export type Audit = z.output<typeof Audit>;

/** A comment of an audit. */
export type Said = z.output<typeof Said>;

const SHAPES = {
  ticket: z.object({ ticket: Ticket }),
  tickets: z.object({ tickets: z.array(Ticket) }),
  me: z.object({ user: z.object({ id: z.int() }) }),
  audits: z.object({
    audits: z.array(Audit),
    meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }),
  }),
} as const;

/** Shapes of answers of a ticket API like Zendesk's, with what Baton reads of them. */
export function ticketAnswers(): typeof SHAPES {
  return SHAPES;
}

/** The comments of an audit. */
export function commentsOf({ events }: Audit): readonly Said[] {
  return events.filter((one): one is Said => one.type === 'Comment' && 'author_id' in one);
}

/** Whether an audit set the ticket to solved. */
export function isSolving({ events }: Audit): boolean {
  return events.some((one) => 'field_name' in one && one.field_name === 'status' && one.value === 'solved');
}

/** What Baton noted at an audit of its own. An account that is not Baton's writes nothing that counts. */
export function markOf({ author_id, metadata }: Audit, own: number): TicketMark | undefined {
  return author_id === own ? metadata?.custom?.baton : undefined;
}
