import type { ConversationAlong, TurnInput } from '../../contract/activities.ts';
import type { ContextCase } from '../../contract/context.ts';
import type { Message } from '../../contract/conversation.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { TRANSCRIPT_BYTES, TRANSCRIPT_MESSAGES } from '../../contract/limits.ts';
import { isWithinBytes } from '../../contract/json-bytes.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { patiently } from './patience.ts';

/** A conversation as a turn sees it: the newest messages, whatever way they came. */
export interface Conversed {
  readonly conversation: readonly Message[];
  /** The last message that the store is known to have; absent without a store. */
  readonly keptThrough?: number;
}

/** The case that context belongs to, as the store knows it. */
export function contextCaseOf(input: Pick<TurnInput, 'trace' | 'caseId' | 'envelope'>): ContextCase {
  const person = input.envelope.user?.id;
  return { trace: input.trace, caseId: input.caseId, ...(person === undefined ? {} : { person }) };
}

/**
 * Keeps the messages that came along and reads those before them, so that each message enters the history once and
 * every agent sees the same conversation (X9). Without a store, what came along is all there is (X4).
 * @throws `STORE_UNAVAILABLE`, where the conversation stands in a store that does not answer or that this worker
 * does not have
 */
export async function converse(
  store: ContextStore | undefined,
  input: Pick<TurnInput, 'trace' | 'caseId' | 'envelope' | 'conversation' | 'kept'>,
): Promise<Conversed> {
  const { conversation: fresh, kept } = input;
  if (!store) {
    if (kept) throw withoutStore();
    return { conversation: fresh };
  }
  const through = await keepMessages(store, contextCaseOf(input), input);
  // A store that is down at the start of a case does not stop it: everything came along.
  if (through === undefined || !kept) {
    return { conversation: fresh, ...(through === undefined ? {} : { keptThrough: through }) };
  }
  const after = Math.max(kept.after, through - TRANSCRIPT_MESSAGES);
  if (after >= kept.through) return { conversation: fresh, keptThrough: through };
  const { messages } = await patiently(() =>
    store.read({ trace: input.trace, messages: { after, through: kept.through } }),
  );
  return { conversation: newest([...messages, ...fresh]), keptThrough: through };
}

/**
 * Keeps messages without reading any.
 * @returns the last message that the store has; undefined where nothing is kept yet and the store does not answer
 */
export async function keepMessages(
  store: ContextStore,
  owner: ContextCase,
  { conversation, kept }: ConversationAlong,
): Promise<number | undefined> {
  const last = conversation.at(-1)?.sequence ?? kept?.through;
  if (conversation.length === 0) return last;
  const write = (): Promise<unknown> => store.write({ case: owner, messages: conversation });
  try {
    await (kept ? patiently(write) : write());
    return last;
  } catch (thrown) {
    if (!kept && isBatonError(thrown) && thrown.code === 'STORE_UNAVAILABLE') return undefined;
    throw thrown;
  }
}

/** A case whose context stands in a store reached a worker that has none. Another worker may have it: retryable. */
export function withoutStore(): BatonError {
  return new BatonError(
    failure('STORE_UNAVAILABLE', 'the context of this case stands in a store that this worker does not have'),
  );
}

function newest(messages: readonly Message[]): readonly Message[] {
  let window = messages.slice(-TRANSCRIPT_MESSAGES);
  while (window.length > 1 && !isWithinBytes(window, TRANSCRIPT_BYTES)) window = window.slice(1);
  return window;
}
