import { digestOf } from '../../contract/digest.ts';
import { contentOf, type MessageContent } from '../../contract/conversation.ts';
import type { AskForHuman, Say } from '../../contract/message-shapes.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import type { Draft } from '../draft.ts';
import { addMessage, changeDeadLetter, consumeMessageId, nowText, withdraw, writeRow } from '../draft.ts';
import { manifestOf } from '../state.ts';
import { withdrawHandoff } from './withdrawals.ts';
import { withdrawReviews } from './reviews.ts';

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
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `message ${String(state.messages)} of the case`,
  };
  if (state.work.kind === 'idle' && poolOfOwner(state.owner) === undefined)
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

/** A request for a human is honoured from every state (I12, U2). */
export function onHumanAsked(draft: Draft, request: AskForHuman): void {
  const { state } = draft;
  const by = request.by ?? 'user';
  const reason = request.reason ?? 'the user asked for a human';
  if (poolOfOwner(state.owner) !== undefined && state.work.kind === 'offer') {
    // People were about to give the case back: it stays with them.
    writeRow(draft, 'human-asked', { by, reason });
    withdrawHandoff(draft);
    state.work = { kind: 'idle' };
    draft.receipt = { accepted: true, repeated: false, detail: 'people keep the case' };
    return;
  }
  if (state.humanAsked !== undefined || poolOfOwner(state.owner) !== undefined) {
    draft.receipt = { accepted: true, repeated: true, detail: 'people have the case, or are about to' };
    return;
  }
  writeRow(draft, 'human-asked', { by, reason });
  state.humanAsked = { by, reason };
  draft.receipt = { accepted: true, repeated: false, detail: 'people are taking over' };
  const escalation = { reasonCode: 'human-asked', explanation: reason } as const;
  switch (state.work.kind) {
    case 'resolving':
    case 'unwinding':
    case 'unwound':
    case 'closing':
    case 'closed':
      // Honoured as soon as the state allows: after the team is known, or after the compensations.
      return;
    case 'calls':
      // What runs comes to its answer first, so that people see what happened and nothing is cut in half.
      withdrawReviews(draft, 'human-asked');
      draft.next = { kind: 'advance-calls' };
      return;
    case 'turn':
      // The turn is superseded; its result would be discarded, so it may as well stop.
      draft.steps.push({ kind: 'stop', id: state.work.turnId });
      draft.next = { kind: 'escalate', escalation };
      return;
    case 'offer':
    case 'held':
    case 'question':
      withdrawHandoff(draft);
      withdrawReviews(draft, 'human-asked');
      draft.next = { kind: 'escalate', escalation };
      return;
    case 'parked':
      supersedeDeadLetter(draft, state.work.deadLetterId);
      draft.next = { kind: 'escalate', escalation };
      return;
    case 'idle':
      draft.next = { kind: 'escalate', escalation };
      return;
  }
}

/** A person who takes the case has the parked work in hand; the letter keeps its story. */
function supersedeDeadLetter(draft: Draft, deadLetterId: string): void {
  const { state } = draft;
  const letter = state.deadLetters.find((one) => one.id === deadLetterId);
  if (letter?.status !== 'open') return;
  const reason = `people of ${manifestOf(state).escalation} took the case over`;
  changeDeadLetter(draft, letter.id, { status: 'discarded', by: 'baton', reason, closedAt: nowText(draft) });
  writeRow(draft, 'dead-letter-discarded', { deadLetterId: letter.id, by: 'baton', reason });
  if (letter.kind === 'handoff') withdraw(draft, letter.subject);
}
