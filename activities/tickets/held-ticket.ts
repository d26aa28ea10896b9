import { externalIdOf } from '../../contract/tickets/external-id.ts';
import { markOf, type Audit, type Ticket, type TicketMark } from './answers.ts';
import type { TicketSystem } from './ticket-system.ts';

/** A ticket with all that was done to it. */
export interface HeldTicket {
  /** As it was last read or written: a change says which one it is of. */
  ticket: Ticket;
  readonly audits: readonly Audit[];
  /** How far it and its case are alike, as Baton has noted there. */
  mark: TicketMark;
}

/** Who asks, and for which case. */
export interface Asking {
  readonly system: TicketSystem;
  /** Number of Baton's own account. */
  readonly own: number;
  readonly caseId: string;
}

/**
 * All tickets that say they are for a case, the newest first.
 * @param known number of one that may not be found yet
 */
export async function readTickets(asking: Asking, known: number | undefined): Promise<readonly HeldTicket[]> {
  const { system, caseId } = asking;
  const externalId = externalIdOf(caseId);
  const found = await system.find(externalId);
  const missing = known === undefined || found.some(({ id }) => id === known) ? undefined : known;
  const late = missing === undefined ? undefined : await system.read(missing);
  const all = late?.external_id === externalId ? [...found, late] : found;
  const held: HeldTicket[] = [];
  for (const ticket of all.toSorted((left, right) => right.id - left.id)) {
    const audits = await system.audits(ticket.id);
    held.push({ ticket, audits, mark: markedBy(asking, audits) });
  }
  return held;
}

function markedBy({ own, caseId }: Asking, audits: readonly Audit[]): TicketMark {
  const marks = audits.flatMap((audit) => markOf(audit, own) ?? []).filter((mark) => mark.case === caseId);
  const most = (field: 'row' | 'taken' | 'seen'): number => Math.max(0, ...marks.map((mark) => mark[field]));
  return { case: caseId, row: most('row'), taken: most('taken'), seen: most('seen') };
}

/**
 * Whether Baton made a ticket for this case. Anybody who works in the ticket system can write an external id, and would
 * read another case's conversation in a ticket of their own.
 */
export function isOwnTicket({ own, caseId }: Omit<Asking, 'system'>, { audits }: HeldTicket): boolean {
  const [first] = audits;
  return first !== undefined && markOf(first, own)?.case === caseId;
}

/** What people have done to a ticket since Baton last took account of it. */
export function unseenAudits(own: number, { audits, mark }: HeldTicket): readonly Audit[] {
  return audits.filter((audit) => audit.id > mark.taken && audit.author_id !== own);
}

/** Sequence of the last message of the case that the ticket showed when something was done to it. */
export function seenBefore({ own, caseId }: Omit<Asking, 'system'>, held: HeldTicket, audit: Audit): number {
  const earlier = held.audits.filter(({ id }) => id < audit.id);
  const marks = earlier.flatMap((one) => markOf(one, own) ?? []).filter((mark) => mark.case === caseId);
  return Math.max(0, ...marks.map(({ seen }) => seen));
}
