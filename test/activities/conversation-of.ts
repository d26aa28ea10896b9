import type { Message } from '../../contract/conversation.ts';

/** A conversation of so many messages: a user and an agent by turns, with a word of Baton's own now and then. */
export function conversationOf(length: number): readonly Message[] {
  return Array.from({ length }, (_, index) => ({
    id: `m${String(index + 1)}`,
    sequence: index + 1,
    at: '2026-01-05T10:00:00.000Z',
    from:
      index % 5 === 4
        ? { kind: 'system' }
        : index % 2 === 0
          ? { kind: 'user' }
          : { kind: 'agent', name: 'triage' },
    text: `message ${String(index + 1)} of the conversation`,
  }));
}
