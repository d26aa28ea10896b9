import type { ContextCase, ContextReference } from '../contract/context.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { personNamed, type CaseCipher } from '../contract/key-ports.ts';
import type { ContextStore } from '../contract/ports.ts';
import { casesAtHand } from './cases-at-hand.ts';
import { readContext } from './context-read.ts';
import type { ContextTable, StoredValue } from './context-table.ts';
import { appendProgress, readFeed } from './context-progress.ts';
import { writeContext } from './context-write.ts';

/** The context store over a database that sees ciphertext only. It closes the cipher with itself. */
export function contextStore(table: ContextTable, cipher: CaseCipher): ContextStore {
  const atHand = casesAtHand(table, cipher);
  const parts = { table, cipher, atHand };
  return {
    write: (change) => writeContext(parts, change),
    read: (request) => readContext(table, cipher, request),
    latest: async (trace, key) => {
      const found = await table.latest(trace, key);
      return found === undefined ? undefined : referenceOf(found);
    },
    inventory: async (trace) => {
      const { values, lastMessage } = await table.inventory(trace);
      return { references: values.map(referenceOf), lastMessage };
    },
    appendProgress: (owner, entries) => appendProgress(parts, owner, entries),
    readProgress: (trace, range) => readFeed(parts, trace, range),
    casesOf: async (person) => {
      const cases = await table.casesOf(await cipher.digestOf(personNamed(person)));
      return cases.map(({ trace, caseId }): ContextCase => ({ trace, caseId, person }));
    },
    erasePerson: async (person) => {
      const digest = await cipher.digestOf(personNamed(person));
      // The key first: should this end in between, nothing is readable, and asking again finishes it.
      await cipher.erase(digest);
      atHand.clear();
      return (await table.eraseCases(digest)).length;
    },
    forgetTrace: async (trace) => {
      atHand.forget(trace);
      await table.forget(trace);
    },
    expireBefore: async (instant, mayForget) => {
      const limit = instantText(instant);
      const forgotten: string[] = [];
      for (const { trace, caseId } of await table.idleSince(limit)) {
        if (mayForget !== undefined && !(await mayForget({ trace, caseId }))) continue;
        if (!(await table.forget(trace, limit))) continue;
        atHand.forget(trace);
        forgotten.push(trace);
      }
      return forgotten;
    },
    close: async () => {
      await table.close();
      await cipher.close();
    },
  };
}

function referenceOf({ key, version, digest, bytes }: Omit<StoredValue, 'body'>): ContextReference {
  return { key, version, digest, bytes };
}

/** The one form in which instants compare as texts. */
function instantText(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time))
    throw new BatonError(failure('INPUT_INVALID', `"${instant}" is no instant in ISO 8601`, 'instant'));
  return new Date(time).toISOString();
}
