import type { BatonClient } from '../../client/index.ts';
import type { Message } from '../../contract/conversation.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerKind, LedgerRow } from '../../contract/ledger.ts';
import type { StreamEvent } from './event-stream.ts';

/** What a user learns of their own case: which rows, and which fields of each. */
const FOR_USERS: Partial<Readonly<Record<LedgerKind, readonly string[]>>> = {
  'case-opened': [],
  'message-received': ['messageId', 'sequence'],
  'message-sent': ['messageId', 'missing'],
  'human-asked': [],
  'handoff-offered': [],
  'handoff-accepted': [],
  'person-claimed': [],
  'effect-scheduled': ['tool'],
  'effect-committed': ['tool'],
  'effect-undone': ['tool'],
  'review-opened': [],
  'review-decided': ['decision'],
  'review-expired': [],
  'case-closed': ['outcome'],
};

/** One boundary of a case, as its stream tells it. */
export interface CaseEvent {
  /** Sequence of the ledger row; the id of the event. */
  readonly offset: number;
  readonly at: string;
  readonly kind: LedgerKind;
  readonly owner: string;
  readonly content: JsonObject;
  /** What was said, for rows that tell of a message; absent when no worker answers. */
  readonly message?: Message;
}

/**
 * The stream of a case: its ledger rows in order, from an offset on. For users, only what concerns them.
 */
export async function* caseEvents(
  baton: BatonClient,
  caseId: string,
  options: { readonly after: number; readonly forUser: boolean; readonly signal: AbortSignal },
): AsyncGenerator<StreamEvent & { readonly data: CaseEvent }, void, undefined> {
  const { after, forUser, signal } = options;
  const messages = new Map<string, Message>();
  for await (const row of baton.follow(caseId, { after, signal })) {
    const content = forUser ? contentForUser(row) : row.content;
    if (!content) continue;
    const message = await messageOf(baton, caseId, row, messages);
    const { sequence: offset, at, kind, owner } = row;
    const data: CaseEvent = { offset, at, kind, owner, content, ...(message ? { message } : {}) };
    yield { event: kind, id: offset, data };
  }
}

function contentForUser({ kind, content }: LedgerRow): JsonObject | undefined {
  const fields = FOR_USERS[kind];
  return fields && Object.fromEntries(fields.map((name) => [name, content[name]]));
}

/** Rows have the digest of a text only; the words stand in the transcript. */
async function messageOf(
  baton: BatonClient,
  caseId: string,
  { kind, content }: LedgerRow,
  known: Map<string, Message>,
): Promise<Message | undefined> {
  const id = content['messageId'];
  if ((kind !== 'message-received' && kind !== 'message-sent') || typeof id !== 'string') return undefined;
  if (!known.has(id)) {
    const transcript = await baton.transcript(caseId).catch(() => []);
    for (const message of transcript) known.set(message.id, message);
  }
  return known.get(id);
}
