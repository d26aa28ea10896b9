import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { LedgerKind, LedgerRow } from '../../contract/ledger.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { cutText } from '../../contract/text.ts';
import type { TicketDesk } from '../../contract/tickets/desks.ts';
import type { TicketWords } from './words.ts';

/** What a ticket is told of one row of the ledger. */
export interface TicketNote {
  /** Sequence of the row. */
  readonly row: number;
  readonly text: string;
  readonly public: boolean;
  readonly status?: 'open' | 'pending' | 'solved';
  /** Pool that the ticket is for from now on. */
  readonly pool?: string;
  /** Why the case changed hands: one word. */
  readonly reason?: string;
  /** Sequence of the message that this shows, where it is one of the user. */
  readonly seen?: number;
  /** Whoever owns the case after the row. */
  readonly owner: string;
}

/** Whose rows they are, and for whom they are told. */
export interface NotesFor {
  /** Name of the desk. */
  readonly name: string;
  readonly desk: Pick<
    TicketDesk,
    'pools' | 'messages' | 'mirrors' | 'solvedWhen' | 'decisions' | 'opens' | 'words'
  >;
  readonly words: TicketWords;
}

/** Beginning of the ids of messages that came from a ticket of a desk: what is said there is not told there again. */
export function repliesOf(desk: string): string {
  return `ticket/${desk}/`;
}

/** Whether a row is one at which somebody of the desk is needed. */
export function needsPerson(row: LedgerRow, { desk }: Pick<NotesFor, 'desk'>): boolean {
  const has = (pool: unknown): boolean => typeof pool === 'string' && Object.hasOwn(desk.pools, pool);
  if (desk.opens.includes('escalation') && row.kind !== 'case-closed' && has(poolOfOwner(row.owner)))
    return true;
  return desk.opens.includes('review') && row.kind === 'review-opened' && has(row.content['pool']);
}

/** What a ticket is told of rows, in their order; most rows say nothing to anybody outside. */
export function notesOf(rows: readonly LedgerRow[], told: NotesFor): readonly TicketNote[] {
  return rows.flatMap((row) => {
    const note = NOTES[row.kind]?.(row, told);
    return note ? [{ row: row.sequence, public: false, owner: row.owner, ...note }] : [];
  });
}

type Noted = Pick<TicketNote, 'text'> & Partial<TicketNote>;

type NoteOf = (row: LedgerRow, told: NotesFor) => Noted | undefined;

/** A note that a desk may do without. */
function ifMirrored(what: TicketDesk['mirrors'][number], noteOf: NoteOf): NoteOf {
  return (row, told) => (told.desk.mirrors.includes(what) ? noteOf(row, told) : undefined);
}

/** The rows that a ticket is told of. */
const NOTES: Partial<Readonly<Record<LedgerKind, NoteOf>>> = {
  'message-received': ifMirrored('messages', messageNote),
  'message-sent': ifMirrored('messages', messageNote),
  'handoff-accepted': handoffNote,
  'review-opened': reviewNote,
  'review-decided': ifMirrored('decisions', decisionNote),
  'review-expired': ifMirrored('decisions', decisionNote),
  'review-withdrawn': ifMirrored('decisions', decisionNote),
  'person-claimed': ifMirrored('claims', claimNote),
  'person-released': ifMirrored('claims', claimNote),
  'dead-letter-opened': (row) => ({
    text: `Work is parked: dead letter ${code(row, 'deadLetterId')} (${failureOf(row.content)}).`,
  }),
  'case-closed': (row) => ({ text: `The case has ended: ${endingOf(row.content)}.`, status: 'solved' }),
};

function messageNote(row: LedgerRow, { name, desk, words }: NotesFor): Noted | undefined {
  const id = code(row, 'messageId');
  if (id.startsWith(repliesOf(name))) return undefined;
  const isPublic = desk.messages === 'public';
  const said = words.message(id) ?? '(not shown here)';
  if (row.kind === 'message-sent')
    return { text: `${speakerOf(row.content['from'], desk)}: ${said}`, public: isPublic };
  const { sequence } = row.content;
  const seen = typeof sequence === 'number' ? { seen: sequence } : {};
  return { text: `User: ${said}`, public: isPublic, ...seen };
}

function handoffNote(row: LedgerRow, { desk, words }: NotesFor): Noted | undefined {
  const [from, to] = [code(row, 'from'), code(row, 'to')];
  const made = words.handoff(code(row, 'handoffId'));
  const because = made
    ? ` (${[made.reasonCode, made.explanation].filter((one) => one !== undefined).join(': ')})`
    : '';
  const pool = poolOfOwner(to);
  const reason = made ? { reason: made.reasonCode } : {};
  if (pool !== undefined && Object.hasOwn(desk.pools, pool))
    return { text: `${from} has handed the case to ${pool}${because}.`, status: 'open', pool, ...reason };
  const told = { text: `The case has gone from ${from} to ${to}${because}.`, ...reason };
  if (poolOfOwner(from) !== undefined)
    return { ...told, status: desk.solvedWhen === 'given-back' ? 'solved' : 'pending' };
  return desk.mirrors.includes('handoffs') ? told : undefined;
}

function reviewNote(row: LedgerRow, { desk, words }: NotesFor): Noted {
  const [id, pool] = [code(row, 'reviewId'), code(row, 'pool')];
  const question = words.text(row.content['question']);
  const shown = words.review(id);
  const lines = [
    `Review ${id} for ${pool}${question === undefined ? '' : `: ${question}`}`,
    ...(shown ? [shown.subject] : []),
    `Until ${code(row, 'expiresAt')}; then it is refused.`,
    // A decision is bound to what was shown, so it needs something that was.
    ...(shown && desk.decisions === 'taken'
      ? [
          `Decide by a note: /approve ${id} ${shown.digest.slice(0, 12)} REASON, or /reject ${id} ${shown.digest.slice(0, 12)} REASON`,
        ]
      : ['Decide it at a door of Baton.']),
  ];
  const isOurs = Object.hasOwn(desk.pools, pool);
  return { text: lines.join('\n'), ...(isOurs ? { status: 'open', pool } : {}) };
}

function decisionNote(row: LedgerRow, { desk, words }: NotesFor): Noted {
  const id = code(row, 'reviewId');
  if (row.kind === 'review-expired') return { text: `Review ${id} has expired: it is refused.` };
  if (row.kind === 'review-withdrawn') return { text: `Review ${id} is withdrawn.` };
  const by = desk.words === 'none' ? '' : ` by ${code(row, 'by')}`;
  const reason = words.text(row.content['reason']);
  return {
    text: `Review ${id}: ${code(row, 'decision')}${by}${reason === undefined ? '' : `, ${reason}`}.`,
  };
}

function claimNote(row: LedgerRow, { desk }: NotesFor): Noted {
  const by = desk.words === 'none' ? 'Somebody' : code(row, 'by');
  return { text: row.kind === 'person-claimed' ? `${by} has the case.` : `${by} has let the case go.` };
}

/** Names of staff are for desks that get words. */
function speakerOf(from: unknown, { words }: NotesFor['desk']): string {
  const { kind, name } = isJsonObject(from) ? from : {};
  if (kind === 'system') return 'Baton';
  if (kind === 'person') return words === 'none' || typeof name !== 'string' ? 'A person' : name;
  return typeof name === 'string' ? name : 'Somebody';
}

function endingOf({ outcome }: JsonObject): string {
  if (!isJsonObject(outcome)) return 'it is closed';
  const { kind, outcome: word, failure } = outcome;
  const code = isJsonObject(failure) ? failure['code'] : undefined;
  const more = typeof word === 'string' ? word : typeof code === 'string' ? code : undefined;
  return `${typeof kind === 'string' ? kind : 'closed'}${more === undefined ? '' : `, ${more}`}`;
}

function failureOf({ failure }: JsonObject): string {
  const code = isJsonObject(failure) ? failure['code'] : undefined;
  return typeof code === 'string' ? code : 'a failure';
}

function code(row: LedgerRow, name: string): string {
  const value = row.content[name];
  return typeof value === 'string' ? cutText(value, 300) : '';
}
