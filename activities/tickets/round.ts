import { failure, isBatonError, type FailureCode } from '../../contract/failures.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import { tenantOfCase } from '../../contract/tenant.ts';
import type { TicketDesk } from '../../contract/tickets/desks.ts';
import type { TicketMirror, TicketMirrored } from '../../contract/tickets/mirror.ts';
import { commentsOf, isSolving } from './answers.ts';
import type { CaseDoor } from './case-door.ts';
import { commandOf } from './commands.ts';
import { isOwnTicket, readTickets, seenBefore, unseenAudits, type HeldTicket } from './held-ticket.ts';
import { needsPerson, notesOf, type NotesFor } from './notes.ts';
import { takeAudit, type TakenAnswer } from './take.ts';
import type { TicketSystem } from './ticket-system.ts';
import { ticketOf, updateOf } from './updates.ts';
import { ticketWords } from './words.ts';

/** What a round works with. */
export interface RoundOptions {
  readonly input: TicketMirror;
  readonly desk: TicketDesk;
  /** Number of Baton's own account. */
  readonly own: number;
  readonly system: TicketSystem;
  readonly ledger: Pick<LedgerStore, 'read'>;
  readonly door: CaseDoor;
}

/** The case as the round knows it. */
interface KnownCase {
  readonly trace: string;
  readonly team: string;
}

const ROWS = 500;

/**
 * One round: the ticket is told the rows that it does not have yet, and then the case what people have done to the
 * ticket. How far both are stands at Baton's own changes of the ticket, so a round that died half-way is gone on with;
 * and a change is made only to what was read, so that two rounds never write the same.
 */
export async function mirrorRound(options: RoundOptions): Promise<TicketMirrored> {
  const { input, own, system } = options;
  const asking = { system, own, caseId: input.caseId };
  const tickets = await readTickets(asking, input.ticket);
  const known = await knownCase(options);
  const ours = known ? tickets.filter((one) => isOwnTicket(asking, one)) : [];
  for (const stray of tickets) if (!ours.includes(stray)) await refuseStray(options, stray);
  const { through, taken } = input;
  if (!known) return { through, taken, ended: true };
  // What is closed there is closed for good: the newest that is not.
  const current = ours.find(({ ticket }) => ticket.status !== 'closed') ?? ours[0];
  if (current) {
    const { mark } = current;
    current.mark = { ...mark, row: Math.max(mark.row, through), taken: Math.max(mark.taken, taken) };
  }
  const told = await tell(options, known, current);
  const { held } = told;
  if (held && held === current) await take(options, held);
  return {
    ...(held ? { ticket: held.ticket.id } : {}),
    through: told.through,
    taken: held?.mark.taken ?? taken,
    ended: told.ended,
  };
}

/** Undefined for a case that is not there, or none of the desk's affair: nobody learns which. */
async function knownCase({ input, desk, door }: RoundOptions): Promise<KnownCase | undefined> {
  const { caseId } = input;
  if (tenantOfCase(caseId) !== desk.tenant) return undefined;
  const status = await orAbsent('CASE_UNKNOWN', () => door.status(caseId));
  if (!status || desk.teams?.includes(status.team) === false) return undefined;
  return { trace: status.trace, team: status.team };
}

async function orAbsent<Value>(code: FailureCode, ask: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === code) return undefined;
    throw thrown;
  }
}

interface Told {
  readonly held: HeldTicket | undefined;
  readonly through: number;
  readonly ended: boolean;
}

/** Brings the ticket up to the last row of the ledger; makes one where people are needed. */
async function tell(options: RoundOptions, known: KnownCase, current: HeldTicket | undefined): Promise<Told> {
  const { input, desk, system, ledger } = options;
  let held = current;
  let through = current?.mark.row ?? input.through;
  for (;;) {
    const rows = await ledger.read(known.trace, { after: through, limit: ROWS });
    const last = rows.at(-1);
    if (!last) return { held, through, ended: await isEnded(ledger, known.trace, through) };
    const notesFor = await notesForCase(options);
    let rest = rows;
    if (!held || held.ticket.status === 'closed') {
      const at = rows.findIndex((row) => needsPerson(row, notesFor));
      const opening = rows[at];
      if (opening) {
        held = await open(options, { known, notesFor, rows: rows.slice(0, at + 1), opening, after: held });
        rest = rows.slice(at + 1);
      }
    }
    if (held && held.ticket.status !== 'closed') {
      for (const note of notesOf(rest, notesFor)) {
        const { mark } = held;
        held.mark = { ...mark, row: note.row, seen: Math.max(mark.seen, note.seen ?? 0) };
        held.ticket = await system.update(held.ticket, updateOf(note, desk, held.mark));
      }
      held.mark = { ...held.mark, row: last.sequence };
    }
    through = last.sequence;
    if (rows.length < ROWS) return { held, through, ended: last.kind === 'case-closed' };
  }
}

/** What may be said of the case by now: rows were read before, so it knows all that they tell of. */
async function notesForCase({ input, desk, door }: RoundOptions): Promise<NotesFor> {
  const view = await orAbsent('PERSON_ERASED', () => door.show(input.caseId));
  return { name: input.desk, desk, words: ticketWords(desk, view) };
}

interface Opening {
  readonly known: KnownCase;
  readonly notesFor: NotesFor;
  /** What has happened up to the row at which people are needed, that one included. */
  readonly rows: readonly LedgerRow[];
  readonly opening: LedgerRow;
  readonly after: HeldTicket | undefined;
}

async function open(
  { input, desk, system }: RoundOptions,
  { known, notesFor, rows, opening, after }: Opening,
): Promise<HeldTicket> {
  const { caseId } = input;
  const notes = notesOf(rows, notesFor);
  const seen = Math.max(after?.mark.seen ?? 0, ...notes.map((note) => note.seen ?? 0));
  const mark = { case: caseId, row: opening.sequence, taken: 0, seen };
  const ticket = await system.create(
    ticketOf({
      ...{ desk, caseId, team: known.team, notes, last: opening, mark },
      ...(after ? { after: after.ticket } : {}),
    }),
  );
  return { ticket, audits: [], mark };
}

/** A case is over with its closing row: nothing comes behind it. */
async function isEnded(ledger: RoundOptions['ledger'], trace: string, through: number): Promise<boolean> {
  if (through === 0) return false;
  const [last] = await ledger.read(trace, { after: through - 1, limit: 1 });
  return last?.kind === 'case-closed';
}

/** Does in the case what people have done to the ticket, in order, and answers there what was not done. */
async function take(options: RoundOptions, held: HeldTicket): Promise<void> {
  const { input, desk, door, own } = options;
  const { caseId } = input;
  const from = { name: input.desk, desk, caseId, ticket: held.ticket.id, door };
  for (const audit of unseenAudits(own, held)) {
    const answers = await takeAudit(from, audit, seenBefore({ own, caseId }, held, audit));
    held.mark = { ...held.mark, taken: audit.id };
    if (answers.length > 0) await answer(options, held, { answers, re: audit.id });
  }
}

/** Says in the ticket what was not done, and why; a ticket that was solved in vain is open again. */
async function answer(
  { system }: RoundOptions,
  held: HeldTicket,
  { answers, re }: { readonly answers: readonly TakenAnswer[]; readonly re: number },
): Promise<void> {
  if (held.ticket.status === 'closed') return;
  held.ticket = await system.update(held.ticket, {
    comment: { body: answers.map(({ text }) => text).join('\n'), public: false },
    ...(answers.some(({ reopens }) => reopens) ? { status: 'open' as const } : {}),
    fields: [],
    mark: { ...held.mark, re },
  });
}

/** A ticket that says it is for a case and was not made for it: people who write there are told, once for each time. */
async function refuseStray(options: RoundOptions, stray: HeldTicket): Promise<void> {
  const unseen = unseenAudits(options.own, stray);
  const last = unseen.at(-1);
  if (!last) return;
  const isMeant = unseen.some(
    (audit) =>
      isSolving(audit) ||
      commentsOf(audit).some((said) => said.public || commandOf(said.plain_body ?? said.body) !== undefined),
  );
  if (!isMeant) return;
  stray.mark = { ...stray.mark, taken: last.id };
  const { code, message } = failure('TICKET_CASE_UNKNOWN');
  const answers = [{ text: `Nothing was done (${code}: ${message})`, reopens: false }];
  await answer(options, stray, { answers, re: last.id });
}
