/** A comment as people and Baton write it. */
export interface DeskComment {
  readonly body: string;
  readonly public: boolean;
  /** Whose name it has, where that is another's. */
  readonly author_id?: number;
}

/** Something that was done to a ticket at once. */
export interface DeskAudit {
  readonly id: number;
  readonly ticket_id: number;
  readonly author_id: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly metadata: { readonly custom: unknown };
}

/** A ticket as the API shows it. */
export interface DeskTicket {
  readonly id: number;
  subject: string;
  status: string;
  external_id: string | null;
  group_id: number | null;
  tags: readonly string[];
  custom_fields: readonly { readonly id: number; readonly value: unknown }[];
  updated_at: string;
}

/** What a person can do to a ticket. */
export interface DeskChange {
  readonly comment?: DeskComment;
  readonly status?: string;
  readonly external_id?: string;
}

/** What there is at a desk. */
export interface DeskRules {
  /** The account that the API lets in, and its number. */
  readonly account: { readonly email: string; readonly token: string; readonly id: number };
  /** Custom fields there are. */
  readonly fields?: readonly number[];
}

/** What the API takes. */
export interface Written extends DeskChange {
  readonly subject?: string;
  readonly tags?: readonly string[];
  readonly group_id?: number;
  readonly custom_fields?: readonly { readonly id: number; readonly value: unknown }[];
  readonly metadata?: { readonly custom: unknown };
  readonly safe_update?: boolean;
  readonly updated_stamp?: string;
  readonly via_followup_source_id?: number;
}

/** What the API refuses, with its status. */
export class Refused extends Error {
  readonly status: number;
  readonly answer: object;
  constructor(status: number, answer: object) {
    super(String(status));
    this.status = status;
    this.answer = answer;
  }
}

/** Tickets in memory, with what the API makes sure of: keys, stamps, what is closed. */
export class DeskState {
  readonly tickets = new Map<number, DeskTicket>();
  readonly audits: DeskAudit[] = [];
  readonly #options: DeskRules;
  readonly #onAudit: (audit: DeskAudit) => void;
  readonly #keys = new Map<string, { readonly said: string; readonly ticket: number }>();
  // Stamps have whole seconds, and no two changes the same one: a conflict is never missed.
  #seconds = Math.floor(Date.now() / 1_000);
  #next = 1;

  constructor(options: DeskRules, onAudit: (audit: DeskAudit) => void = () => undefined) {
    this.#options = options;
    this.#onAudit = onAudit;
  }

  create(key: string | undefined, written: Written): DeskTicket {
    const said = JSON.stringify(written);
    const before = key === undefined ? undefined : this.#keys.get(key);
    if (before && before.said !== said) throw new Refused(400, { error: 'IdempotentRequestError' });
    const known = before && this.tickets.get(before.ticket);
    if (known) return known;
    this.#check(written);
    const ticket: DeskTicket = {
      id: this.#id(),
      subject: written.subject ?? '',
      status: 'new',
      external_id: null,
      group_id: null,
      tags: written.tags ?? [],
      custom_fields: [],
      updated_at: '',
    };
    this.tickets.set(ticket.id, ticket);
    if (key !== undefined) this.#keys.set(key, { said, ticket: ticket.id });
    this.change(this.#options.account.id, ticket.id, written);
    return ticket;
  }

  change(by: number, id: number, written: Written): DeskAudit {
    const ticket = this.read(id);
    if (ticket.status === 'closed') throw new Refused(422, invalid('status'));
    if (written.safe_update === true && written.updated_stamp !== ticket.updated_at)
      throw new Refused(409, { error: 'UpdateConflict' });
    this.#check(written);
    const { comment, status, external_id, group_id, custom_fields } = written;
    const events: Readonly<Record<string, unknown>>[] = [];
    if (comment)
      events.push({
        ...{ id: this.#id(), type: 'Comment', author_id: comment.author_id ?? by },
        ...{ body: comment.body, plain_body: comment.body, public: comment.public, attachments: [] },
      });
    const changes = { status, external_id, group_id };
    for (const [field_name, value] of Object.entries(changes))
      if (value !== undefined && value !== ticket[field_name as keyof typeof changes])
        events.push({ id: this.#id(), type: 'Change', field_name, value });
    if (status !== undefined) ticket.status = status;
    if (external_id !== undefined) ticket.external_id = external_id;
    if (group_id !== undefined) ticket.group_id = group_id;
    for (const one of custom_fields ?? [])
      ticket.custom_fields = [...ticket.custom_fields.filter((field) => field.id !== one.id), one];
    this.#seconds += 1;
    ticket.updated_at = new Date(this.#seconds * 1_000).toISOString().replace('.000', '');
    const custom = written.metadata?.custom;
    const audit = { id: this.#id(), ticket_id: id, author_id: by, events, metadata: { custom } };
    this.audits.push(audit);
    this.#onAudit(audit);
    return audit;
  }

  read(id: number): DeskTicket {
    const ticket = this.tickets.get(id);
    if (!ticket) throw new Refused(404, { error: 'RecordNotFound' });
    return ticket;
  }

  #check({ comment, custom_fields = [] }: Written): void {
    const known = this.#options.fields ?? [];
    if (comment && (comment.body === '' || comment.body.length > 65_536))
      throw new Refused(422, invalid('comment'));
    if (custom_fields.some(({ id }) => !known.includes(id))) throw new Refused(422, invalid('custom_fields'));
  }

  #id(): number {
    this.#next += 1;
    return this.#next;
  }
}

function invalid(field: string): object {
  return { error: 'RecordInvalid', details: { [field]: [{ error: 'InvalidValue' }] } };
}
