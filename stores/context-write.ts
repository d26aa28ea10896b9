import { canonicalJson } from '../contract/canonical-json.ts';
import {
  contextConflict,
  contextText,
  personErased,
  type ContextCase,
  type ContextReference,
  type ContextText,
  type ContextWrite,
} from '../contract/context.ts';
import type { Message } from '../contract/conversation.ts';
import { sha256Hex } from '../contract/digest.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { CaseCipher } from '../contract/key-ports.ts';
import { findUnstorable } from '../contract/parse.ts';
import { isOpen, type CasesAtHand, type CaseToWrite } from './cases-at-hand.ts';
import {
  messagePlace,
  valuePlace,
  type ContextTable,
  type StoredMessage,
  type StoredValue,
  type StoredWrite,
} from './context-table.ts';
import { requireStorableName } from './storable.ts';

/** A retry loses a race only to another write of the same case, and there are few of those. */
const ATTEMPTS = 5;

interface MessageText {
  readonly sequence: number;
  readonly digest: string;
  readonly text: string;
}

/** What a write still has to put in place. */
interface Pending {
  readonly values: readonly ContextText[];
  readonly messages: readonly MessageText[];
}

/** What writing needs. */
export interface ContextWriting {
  readonly table: ContextTable;
  readonly cipher: CaseCipher;
  readonly atHand: CasesAtHand;
}

/**
 * Writes values and messages of one case. Nearly always all of it is new, which one conditional insert settles; only
 * when that writes nothing is what stands there looked at.
 * @throws as {@link ContextStore.write} says
 */
export async function writeContext(
  parts: ContextWriting,
  change: ContextWrite,
): Promise<readonly ContextReference[]> {
  requireStorableName('trace', change.case.trace);
  requireStorableName('caseId', change.case.caseId);
  const whole: Pending = {
    values: (change.values ?? []).map(contextText),
    messages: (change.messages ?? []).map(messageText),
  };
  requireOnce(
    'value',
    whole.values.map(({ reference }) => reference.key),
  );
  requireOnce(
    'message',
    whole.messages.map(({ sequence }) => String(sequence)),
  );
  const references = whole.values.map(({ reference }) => reference);
  let pending = whole;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (pending.values.length + pending.messages.length === 0) return references;
    const owner = await parts.atHand.openCase(change.case);
    if (await parts.table.insert(await sealed(parts.cipher, owner, pending))) {
      parts.atHand.remember(change.case, owner.one);
      return references;
    }
    parts.atHand.forget(change.case.trace);
    pending = await withoutStored(parts.table, change.case, pending);
  }
  throw new BatonError(failure('STORE_UNAVAILABLE', `others keep writing to trace ${change.case.trace}`));
}

function messageText(message: Message): MessageText {
  const unstorable = findUnstorable(message, 'message');
  const field = `messages.${String(message.sequence)}`;
  if (unstorable)
    throw new BatonError(failure('INPUT_INVALID', `${unstorable.field}: ${unstorable.text}`, field));
  if (!Number.isSafeInteger(message.sequence) || message.sequence < 1)
    throw new BatonError(failure('INPUT_INVALID', 'a sequence is a whole number from 1', field));
  const text = canonicalJson(message);
  return { sequence: message.sequence, digest: sha256Hex(text), text };
}

function requireOnce(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new BatonError(failure('INPUT_INVALID', `two of ${what} "${twice}" in one write`, what));
}

async function sealed(
  cipher: CaseCipher,
  { one, isNew }: CaseToWrite,
  { values, messages }: Pending,
): Promise<StoredWrite> {
  const bodies = await cipher.seal(one.trace, one.key, [
    ...values.map(({ reference, text }) => ({ place: valuePlace(reference), text })),
    ...messages.map(({ sequence, digest, text }) => ({ place: messagePlace({ sequence, digest }), text })),
  ]);
  return {
    case: one,
    isNew,
    values: values.map(({ reference }, index): StoredValue => ({ ...reference, body: bodies[index] ?? '' })),
    messages: messages.map(({ sequence, digest }, index): StoredMessage => {
      return { sequence, digest, body: bodies[values.length + index] ?? '' };
    }),
  };
}

/** What is not there yet. @throws failures `CONTEXT_CONFLICT`, `PERSON_ERASED` */
async function withoutStored(table: ContextTable, owner: ContextCase, pending: Pending): Promise<Pending> {
  const { trace } = owner;
  const sequences = pending.messages.map(({ sequence }) => sequence);
  const found = await table.read(
    {
      trace,
      values: pending.values.map(({ reference }) => reference),
      ...(sequences.length === 0
        ? {}
        : {
            messages: {
              after: Math.min(...sequences) - 1,
              through: Math.max(...sequences),
              limit: undefined,
            },
          }),
    },
    true,
  );
  if (found.case !== undefined && !isOpen(found.case)) throw new BatonError(personErased(trace));
  const values: ContextText[] = [];
  for (const one of pending.values) {
    const { key, version, digest } = one.reference;
    const stored = found.values.find((value) => value.key === key && value.version === version);
    if (stored === undefined) {
      const head = (await table.latest(trace, key))?.version ?? 0;
      // Another writer may have put the very same there since: the next attempt looks again.
      if (head !== version - 1 && head < version)
        throw new BatonError(contextConflict(one.reference, `the latest version is ${String(head)}`));
      values.push(one);
    } else if (stored.digest !== digest) {
      throw new BatonError(contextConflict(one.reference, `it has digest ${stored.digest}`));
    }
  }
  const messages = pending.messages.filter(({ sequence, digest }) => {
    const stored = found.messages.find((message) => message.sequence === sequence);
    if (stored !== undefined && stored.digest !== digest) {
      const place = { key: `messages.${String(sequence)}`, version: 1 };
      throw new BatonError(contextConflict(place, `it has digest ${stored.digest}`));
    }
    return stored === undefined;
  });
  return { values, messages };
}
