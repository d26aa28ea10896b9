import { getOwn } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { cutText } from '../../contract/text.ts';
import type { TicketDesk } from '../../contract/tickets/desks.ts';
import { externalIdOf } from '../../contract/tickets/external-id.ts';
import type { Ticket, TicketMark } from './answers.ts';
import type { TicketNote } from './notes.ts';
import type { NewTicket, TicketUpdate } from './ticket-system.ts';

/** Characters of a first comment: Zendesk takes 64 KB. */
const MOST = 20_000;

/** The change of a ticket that a note makes. */
export function updateOf(
  note: TicketNote,
  desk: Pick<TicketDesk, 'fields' | 'pools'>,
  mark: TicketMark,
): TicketUpdate {
  const { status, pool } = note;
  const group = pool === undefined ? undefined : getOwn(desk.pools, pool)?.group;
  return {
    comment: { body: note.text, public: note.public },
    ...(status === undefined ? {} : { status }),
    ...(group === undefined ? {} : { group }),
    fields: [
      ...fieldOf(desk.fields.owner, note.owner),
      ...(note.reason === undefined ? [] : fieldOf(desk.fields.reason, note.reason)),
    ],
    mark,
  };
}

/** What a ticket is made of. */
export interface TicketOf {
  readonly desk: Pick<TicketDesk, 'fields' | 'pools' | 'tags'>;
  readonly caseId: string;
  readonly team: string;
  /** What has happened so far, as far as a ticket is told. */
  readonly notes: readonly TicketNote[];
  /** The row at which people are needed: the last that it tells of. */
  readonly last: LedgerRow;
  readonly mark: TicketMark;
  /** The ticket that this one follows, because it is closed for good. */
  readonly after?: Ticket;
}

/** The ticket of a case: everything so far in its first comment, which is a note to people whatever else is public. */
export function ticketOf({ desk, caseId, team, notes, last, mark, after }: TicketOf): NewTicket {
  const reason = notes.findLast((note) => note.reason !== undefined)?.reason;
  const pool = notes.findLast((note) => note.pool !== undefined)?.pool;
  const status = notes.findLast((note) => note.status !== undefined)?.status;
  const head = `Case ${caseId} of team ${team} needs people.\nA public comment goes to the user. In a note: /claim, /release, /give-back NOTE, /resolve OUTCOME NOTE. Other notes stay here.`;
  const told = notes.map(({ text }) => text).join('\n\n');
  const first: TicketNote = {
    row: last.sequence,
    text: `${head}\n\n${told.length > MOST ? `...${cutText(told.slice(-MOST), MOST)}` : told}`,
    public: false,
    owner: last.owner,
    status: status ?? 'open',
    ...(reason === undefined ? {} : { reason }),
    ...(pool === undefined ? {} : { pool }),
  };
  const update = updateOf(first, desk, mark);
  return {
    ...update,
    fields: [...fieldOf(desk.fields.case, caseId), ...update.fields],
    subject: `[${team}] ${caseId}${reason === undefined ? '' : `: ${reason}`}`,
    externalId: externalIdOf(caseId),
    tags: desk.tags,
    ...(after ? { followUpOf: after.id } : {}),
    // The first row at which people are needed never changes, so a repeat has the same key and says the same.
    idempotencyKey: `${externalIdOf(caseId)}/${String(after?.id ?? 0)}/${String(last.sequence)}`,
  };
}

function fieldOf(id: number | undefined, value: string): readonly { id: number; value: string }[] {
  return id === undefined ? [] : [{ id, value }];
}
