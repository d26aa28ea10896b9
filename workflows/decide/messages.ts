import { digestOf } from '../../contract/digest.ts';
import { contentOf, type MessageContent } from '../../contract/conversation.ts';
import type { AskForHuman, Say } from '../../contract/message-shapes.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { Draft } from '../draft.ts';
import { addMessage, consumeMessageId, writeRow } from '../draft.ts';
import { assessLatest } from './assess.ts';
import { noteInformation } from './decisions.ts';
import { bringToPeople, isWithPeople, wantedEscalation } from './interrupt.ts';
import { withdrawHandoff } from './withdrawals.ts';

/** Digest under which a message id is remembered: the same id with another text is a conflict (F07). */
export function messageDigest(message: { readonly text: string } & MessageContent): string {
  const content = contentOf(message);
  return digestOf(content.kind === undefined ? message.text : { text: message.text, ...content });
}

/** A user's message: kept at once, answered by whoever owns the case, during a transfer by the next owner (T8). */
export function onSaid(draft: Draft, message: Say): void {
  const { state } = draft;
  const digest = messageDigest(message);
  if (state.messageIds.some(([id]) => id === message.messageId)) {
    draft.receipt = {
      accepted: true,
      repeated: true,
      detail: `message ${message.messageId} was taken before`,
    };
    return;
  }
  consumeMessageId(draft, message.messageId, digest);
  receiveMessage(draft, message.messageId, message, digest);
  noteInformation(draft, message.messageId);
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `message ${String(state.messages)} of the case`,
  };
  assessLatest(draft);
  if ((state.work.kind === 'idle' || state.work.kind === 'waiting') && poolOfOwner(state.owner) === undefined)
    draft.next = { kind: 'take-turn' };
}

/** Adds what a user said to the conversation, and its row to the ledger: which kind it was, and no word of it. */
export function receiveMessage(
  draft: Draft,
  messageId: string,
  said: { readonly text: string; readonly locale?: string | undefined } & MessageContent,
  digest: string,
): void {
  const { text, locale } = said;
  const content = contentOf(said);
  addMessage(
    draft,
    { id: messageId, from: { kind: 'user' }, text, ...(locale === undefined ? {} : { locale }) },
    content,
  );
  writeRow(draft, 'message-received', {
    messageId,
    sequence: draft.state.messages,
    textDigest: digest,
    ...(content.kind === undefined ? {} : { kind: content.kind }),
  });
}

/** Whoever has asked for people, and why. */
interface Asked {
  readonly by: string;
  readonly reason: string;
}

/** From here on people alone have the case, until the user agrees to agents again (U4). */
export function optOut(draft: Draft, asked: Asked): Asked {
  draft.state.humanOnly = true;
  writeRow(draft, 'human-asked', { ...asked, humanOnly: true });
  return asked;
}

/** A request for a human is honoured from every state (I12, U2). */
export function onHumanAsked(draft: Draft, request: AskForHuman): void {
  const { state } = draft;
  const by = request.by ?? 'user';
  const reason = request.reason ?? 'the user asked for a human';
  const optsOut = request.humanOnly === true && state.humanOnly === undefined;
  if (optsOut) optOut(draft, { by, reason });
  if (poolOfOwner(state.owner) !== undefined && state.work.kind === 'offer') {
    // People were about to give the case back: it stays with them.
    if (!optsOut) writeRow(draft, 'human-asked', { by, reason });
    withdrawHandoff(draft);
    state.work = { kind: 'idle' };
    draft.receipt = { accepted: true, repeated: false, detail: 'people keep the case' };
    return;
  }
  if (isWithPeople(state)) {
    draft.receipt = {
      accepted: true,
      repeated: !optsOut,
      detail: 'people have the case, or are about to',
    };
    return;
  }
  if (!optsOut) writeRow(draft, 'human-asked', { by, reason });
  state.humanAsked = { by, reason };
  draft.receipt = { accepted: true, repeated: false, detail: 'people are taking over' };
  bringToPeople(draft, wantedEscalation(state.humanAsked));
}
