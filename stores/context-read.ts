import {
  contextChanged,
  contextMissing,
  contextValue,
  personErased,
  type ContextFound,
  type ContextRead,
} from '../contract/context.ts';
import type { Message } from '../contract/conversation.ts';
import { sha256Hex } from '../contract/digest.ts';
import { BatonError, isBatonError, type Failure } from '../contract/failures.ts';
import type { JsonValue } from '../contract/json.ts';
import type { CaseCipher } from '../contract/key-ports.ts';
import { isOpen } from './cases-at-hand.ts';
import {
  messagePlace,
  valuePlace,
  type ContextTable,
  type StoredFound,
  type StoredMessage,
} from './context-table.ts';

/**
 * Reads values and messages of one case and checks every digest. What a cache got wrong, whatever it was, is asked
 * of the durable store before anybody hears of it (F06).
 * @throws as {@link ContextStore.read} says
 */
export async function readContext(
  table: ContextTable,
  cipher: CaseCipher,
  request: ContextRead,
): Promise<ContextFound> {
  try {
    return await readOnce(table, cipher, request, false);
  } catch (thrown) {
    if (!isBatonError(thrown) || thrown.code === 'STORE_UNAVAILABLE') throw thrown;
    return readOnce(table, cipher, request, true);
  }
}

async function readOnce(
  table: ContextTable,
  cipher: CaseCipher,
  request: ContextRead,
  fresh: boolean,
): Promise<ContextFound> {
  const { trace, values: selections = [], messages: range } = request;
  const after = range?.after ?? 0;
  const found = await table.read(
    {
      trace,
      values: selections.map(({ reference }) => reference),
      ...(range === undefined ? {} : { messages: { after, through: range.through, limit: range.limit } }),
    },
    fresh,
  );
  if (range !== undefined) requireWhole(found.messages, after, range.through, range.limit);
  const texts = await opened(cipher, trace, found);
  return {
    values: selections.map((selection): JsonValue => {
      const { key, version, digest } = selection.reference;
      const index = found.values.findIndex((value) => value.key === key && value.version === version);
      if (index === -1) return contextValue(selection, undefined);
      const text = texts.values[index];
      if (text === undefined || found.values[index]?.digest !== digest)
        throw new BatonError(contextChanged(selection.reference));
      return contextValue(selection, text);
    }),
    messages: found.messages.map(({ sequence, digest }, index) => {
      const text = texts.messages[index];
      if (text === undefined || sha256Hex(text) !== digest) throw new BatonError(changedMessage(sequence));
      return JSON.parse(text) as Message;
    }),
  };
}

async function opened(
  cipher: CaseCipher,
  trace: string,
  found: StoredFound,
): Promise<{
  readonly values: readonly (string | undefined)[];
  readonly messages: readonly (string | undefined)[];
}> {
  if (found.case !== undefined && !isOpen(found.case)) throw new BatonError(personErased(trace));
  const { values, messages } = found;
  if (found.case === undefined || values.length + messages.length === 0) return { values: [], messages: [] };
  const texts = await cipher.open(trace, found.case.key, [
    ...values.map((value) => ({ place: valuePlace(value), text: value.body })),
    ...messages.map((message) => ({ place: messagePlace(message), text: message.body })),
  ]);
  return { values: texts.slice(0, values.length), messages: texts.slice(values.length) };
}

/** A conversation has no gaps: what is asked for up to a sequence is there up to it. */
function requireWhole(
  messages: readonly StoredMessage[],
  after: number,
  through: number | undefined,
  limit: number | undefined,
): void {
  const found = messages.findIndex(({ sequence }, index) => sequence !== after + index + 1);
  const last = Math.min(through ?? after + messages.length, after + (limit ?? Number.POSITIVE_INFINITY));
  const gap = found === -1 ? after + messages.length + 1 : after + found + 1;
  if (found !== -1 || gap <= last) throw new BatonError(missingMessage(gap));
}

function missingMessage(sequence: number): Failure {
  return contextMissing({ key: `messages.${String(sequence)}`, version: 1 });
}

function changedMessage(sequence: number): Failure {
  return contextChanged({ key: `messages.${String(sequence)}`, version: 1 });
}
