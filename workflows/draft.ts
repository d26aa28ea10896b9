import type { CaseView, DeadLetter, EffectRecord, HandoffRecord } from '../contract/case.ts';
import { disclosureMessage } from '../contract/continuity.ts';
import type { MessageContent, MessageFrame, Speaker, Speaking } from '../contract/conversation.ts';
import { digestOf } from '../contract/digest.ts';
import type { Failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import type { LedgerKind, LedgerRow } from '../contract/ledger.ts';
import { ledgerHash } from '../contract/ledger.ts';
import type { MissingFact } from '../contract/missing.ts';
import { moveHandoff, type HandoffStatus } from '../contract/lifecycle.ts';
import { MESSAGE_IDS, REFUSALS_RECORDED, TRANSCRIPT_BYTES, TRANSCRIPT_MESSAGES } from '../contract/limits.ts';
import type { Receipt } from '../contract/message-shapes.ts';
import { isWithinBytes } from '../contract/json-bytes.ts';
import type { Review } from '../contract/review.ts';
import type { Next, Step } from './events.ts';
import type { BranchEnd } from './fan-out-state.ts';
import type { CaseState, Parcel } from './state.ts';

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/**
 * A decision being made: a shallow copy of the state to write on, the rows and steps so far. Lists and records in
 * the state are replaced, never changed in place, so the state that came in stays what it was.
 */
export interface Draft {
  readonly state: Writable<CaseState>;
  readonly steps: Step[];
  readonly now: number;
  /** The same instant as text: a decision writes many rows and records. */
  readonly at: string;
  /** Number of the newest turn of the case. */
  turnsTaken: number;
  /** What follows from the event at hand: one room of the core asks, another does it. */
  next: Next;
  receipt?: Receipt;
  /** Set while one of several questions is worked on: the state then shows its line of work as if there were no other. */
  within?: Within;
}

/** What a branch must know of the fan-out that it is of. */
export interface Within {
  /** So many open questions are above its own. */
  readonly above: number;
  /** It is to come to rest, turns alone or calls as well: nothing of it begins any more. */
  readonly halting?: 'turns' | 'calls';
  /** Which one it is, for people: `1 of 3, 2 needed`. */
  readonly beside: string;
  /** Another one is writing. */
  readonly writing: boolean;
  /** Its question has come to its end. */
  end?: BranchEnd;
}

/** Begins a decision. `now` is workflow time in milliseconds. */
export function openDraft(state: CaseState, now: number): Draft {
  return {
    state: { ...state },
    steps: [],
    now,
    at: new Date(now).toISOString(),
    turnsTaken: state.turns,
    next: { kind: 'nothing' },
  };
}

/** Numbers another turn. */
export function countTurn(draft: Draft): void {
  draft.turnsTaken += 1;
  draft.state.turns = draft.turnsTaken;
}

/** Workflow time as ledgers and records write it. */
export function nowText(draft: Draft): string {
  return draft.at;
}

/** Authors a ledger row: numbered, chained, kept until a store has it (I9). */
export function writeRow(draft: Draft, kind: LedgerKind, content: JsonObject): void {
  const { state } = draft;
  const unhashed = {
    version: '1.0.0',
    trace: state.trace,
    sequence: state.ledger.sequence + 1,
    previous: state.ledger.hash,
    at: nowText(draft),
    kind,
    owner: state.owner,
    content,
  } as const;
  const row: LedgerRow = { ...unhashed, hash: ledgerHash(unhashed) };
  state.ledger = { sequence: row.sequence, hash: row.hash };
  state.rows = [...state.rows, row];
}

/**
 * Rows that wait follow the row that the store has, where it has another hash than this replay came to (I9, I11). On
 * the worker that wrote the rows nothing changes.
 */
export function followStored(draft: Draft, through: number, hash: string): void {
  const { state } = draft;
  const mine = state.rows.find((row) => row.sequence === through);
  if (!mine || mine.hash === hash) return;
  let previous = hash;
  state.rows = state.rows.map((row) => {
    if (row.sequence <= through) return row;
    const next = { ...row, previous };
    const followed = { ...next, hash: ledgerHash(next) };
    previous = followed.hash;
    return followed;
  });
  state.ledger = { sequence: state.ledger.sequence, hash: previous };
}

/** Adds a message to the transcript. The oldest leave the carried window; the history and ledger keep them. */
export function addMessage(
  draft: Draft,
  message: Pick<MessageFrame, 'id' | 'from' | 'text' | 'locale' | 'disclosure' | 'missing'>,
  content: MessageContent = {},
): void {
  const { state } = draft;
  state.messages += 1;
  if (message.from.kind === 'user') state.userMessages += 1;
  const { locale, ...rest } = message;
  const added = {
    ...rest,
    ...content,
    sequence: state.messages,
    at: nowText(draft),
    ...(locale === undefined ? {} : { locale }),
  };
  let window = [...state.transcript, added];
  // A conversation in the context store has no gaps: a message leaves the window once the store has it.
  const mayLeave = (): boolean =>
    window.length > 1 && (state.kept === undefined || (window[0]?.sequence ?? 0) <= state.kept.through);
  while (mayLeave() && (window.length > TRANSCRIPT_MESSAGES || !isWithinBytes(window, TRANSCRIPT_BYTES)))
    window = window.slice(1);
  state.transcript = window;
}

/** Whether a user's message waits for an answer. */
export function hasUnanswered(draft: Draft): boolean {
  const { transcript, answeredUpTo } = draft.state;
  return transcript.some((message) => message.from.kind === 'user' && message.sequence > answeredUpTo);
}

/**
 * Says something to the user in Baton's own name or an agent's or person's, and records that it was said.
 * @param missing what it asks the user for, where it asks for facts
 */
export function sendMessage(
  draft: Draft,
  from: Speaker,
  text: string,
  { id, missing }: { readonly id?: string; readonly missing?: readonly MissingFact[] | undefined } = {},
): void {
  if (from.kind === 'agent') disclose(draft, 'ai');
  if (from.kind === 'person') disclose(draft, 'human');
  const messageId = id ?? `m${String(draft.state.messages + 1)}`;
  addMessage(draft, { id: messageId, from, text, ...(missing ? { missing } : {}) });
  writeRow(draft, 'message-sent', {
    messageId,
    from: { ...from },
    textDigest: digestOf(text),
    ...(missing ? { missing: missing.map((one) => one.fact) } : {}),
  });
}

/** Tells the user whom they talk to, where their team wants that and they have not been told so already (U4). */
export function disclose(draft: Draft, speaking: Speaking): void {
  const { state } = draft;
  if (state.manifest?.disclosure !== 'required' || state.disclosed === speaking) return;
  state.disclosed = speaking;
  const id = `m${String(state.messages + 1)}`;
  const text = disclosureMessage(speaking, state.speaks);
  addMessage(draft, { id, from: { kind: 'system' }, text, disclosure: speaking });
  const row = { messageId: id, from: { kind: 'system' }, textDigest: digestOf(text), disclosure: speaking };
  writeRow(draft, 'message-sent', row);
}

/** Remembers a consumed message id with the digest of what came under it. */
export function consumeMessageId(draft: Draft, id: string, digest: string): void {
  draft.state.messageIds = [...draft.state.messageIds, [id, digest] as const].slice(-MESSAGE_IDS);
}

/**
 * Notes something a door refused, up to a number: a flood must not fill the history. Nothing is written behind the
 * closing row (I9).
 * @param row what the ledger says of it, where that is more than that it was refused
 */
export function noteRefusal(
  draft: Draft,
  door: string,
  failure: Failure,
  row: { readonly kind: LedgerKind; readonly content: JsonObject } = {
    kind: 'message-refused',
    content: { door, failure },
  },
): void {
  const { state } = draft;
  if (state.work.kind === 'closed') return;
  state.refusalCount += 1;
  if (state.refusalCount > REFUSALS_RECORDED) return;
  const refusal: CaseView['refusals'][number] = { at: nowText(draft), door, failure };
  state.refusals = [...state.refusals, refusal].slice(-20);
  if (state.work.kind !== 'closing') writeRow(draft, row.kind, row.content);
}

/** Replaces the record of a handoff. */
export function changeHandoff(draft: Draft, id: string, change: Partial<HandoffRecord>): HandoffRecord {
  const record = handoffOf(draft.state, id);
  const changed: HandoffRecord = { ...record, ...change };
  draft.state.handoffs = draft.state.handoffs.map((one) => (one.id === id ? changed : one));
  return changed;
}

/** Moves a handoff along its lifecycle, and refuses any other way (T9). One that is open again has no end. */
export function moveHandoffTo(
  draft: Draft,
  id: string,
  status: HandoffStatus,
  change: Partial<HandoffRecord> = {},
): HandoffRecord {
  const { endedAt, failure, ...record } = handoffOf(draft.state, id);
  const moved: HandoffRecord = {
    ...record,
    ...(endedAt === undefined || status === 'offered' || status === 'dead-lettered' ? {} : { endedAt }),
    ...(failure === undefined || status === 'offered' ? {} : { failure }),
    ...change,
    status: moveHandoff(record.status, status),
  };
  draft.state.handoffs = draft.state.handoffs.map((one) => (one.id === id ? moved : one));
  return moved;
}

/** A handoff by its id. The core asks only for ids it gave out. */
export function handoffOf(state: CaseState, id: string): HandoffRecord {
  const record = state.handoffs.find((one) => one.id === id);
  if (!record) throw new RangeError(`no handoff ${id}`);
  return record;
}

/** Takes a handoff back that nobody has accepted. A higher epoch shuts the door on an answer under way. */
export function withdraw(draft: Draft, id: string): void {
  const { epoch } = handoffOf(draft.state, id);
  moveHandoffTo(draft, id, 'withdrawn', { epoch: epoch + 1, endedAt: nowText(draft) });
  writeRow(draft, 'handoff-withdrawn', { handoffId: id });
  forget(draft, 'parcel');
}

/** What a handoff carries that is not accepted yet. */
export function parcelOf(draft: Draft, handoffId: string): Parcel {
  const { parcel } = draft.state;
  if (parcel?.handoffId !== handoffId) throw new RangeError(`nothing is packed for handoff ${handoffId}`);
  return parcel;
}

/** Replaces the record of an effect. */
export function changeEffect(draft: Draft, key: string, change: Partial<EffectRecord>): EffectRecord {
  const record = effectOf(draft.state, key);
  const changed: EffectRecord = { ...record, ...change };
  draft.state.effects = draft.state.effects.map((one) => (one.key === key ? changed : one));
  return changed;
}

/** An effect by its key. */
export function effectOf(state: CaseState, key: string): EffectRecord {
  const record = state.effects.find((one) => one.key === key);
  if (!record) throw new RangeError(`no effect ${key}`);
  return record;
}

/** Replaces a review. */
export function changeReview(draft: Draft, id: string, change: Partial<Review>): void {
  draft.state.reviews = draft.state.reviews.map((one) => (one.id === id ? { ...one, ...change } : one));
}

/** Replaces a dead letter. */
export function changeDeadLetter(draft: Draft, id: string, change: Partial<DeadLetter>): void {
  draft.state.deadLetters = draft.state.deadLetters.map((one) =>
    one.id === id ? { ...one, ...change } : one,
  );
}

/** Drops an optional field of the state. */
export function forget(
  draft: Draft,
  field:
    | 'claimedBy'
    | 'parcel'
    | 'humanAsked'
    | 'humanOnly'
    | 'broughtBy'
    | 'unattended'
    | 'assignedTo'
    | 'lease'
    | 'looking'
    | 'claiming'
    | 'inquiry'
    | 'stopped'
    | 'clarification',
): void {
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the names are those above
  delete draft.state[field];
}
