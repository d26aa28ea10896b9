import { personErased, type ContextCase } from '../contract/context.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { personNamed, type CaseCipher } from '../contract/key-ports.ts';
import type { ContextTable, OpenStoredCase, StoredCase } from './context-table.ts';

/** Cases a process has written to lately, so that a write is one round trip. */
const CASES = 1_000;

/** A case about to be written to. */
export interface CaseToWrite {
  readonly one: OpenStoredCase;
  readonly isNew: boolean;
}

/** The cases that were written to lately, with their keys. */
export interface CasesAtHand {
  /**
   * A case to write to. One that no store has yet gets a key, and is new until its first write is done.
   * @throws failures `PERSON_ERASED`, and `INPUT_INVALID` when the case is another person's
   */
  openCase(owner: ContextCase): Promise<CaseToWrite>;
  /** Keeps a case in mind once it was written to. */
  remember(owner: ContextCase, one: OpenStoredCase): void;
  forget(trace: string): void;
  clear(): void;
}

/** Whether a case still has its key. */
export function isOpen(one: StoredCase): one is OpenStoredCase {
  return one.key !== undefined;
}

/** The name a case goes by as a person: its user's, or its own when it has none. */
function personOf({ trace, person }: ContextCase): string {
  return person === undefined ? JSON.stringify(['case', trace]) : personNamed(person);
}

/** Remembers cases. The store refuses a write whose key is no longer the case's, so a stale memory does no harm. */
export function casesAtHand(table: ContextTable, cipher: CaseCipher): CasesAtHand {
  const known = new Map<string, { readonly named: string; readonly one: OpenStoredCase }>();

  return {
    openCase: async (owner) => {
      const { trace, caseId } = owner;
      const kept = known.get(trace);
      if (kept?.named === personOf(owner)) return { one: kept.one, isNew: false };
      const person = await cipher.digestOf(personOf(owner));
      const found = await table.findCase(trace);
      if (found === undefined)
        return { one: { trace, caseId, person, key: await cipher.newKey(trace, person) }, isNew: true };
      if (found.person !== person)
        throw new BatonError(failure('INPUT_INVALID', `trace ${trace} belongs to another person`, 'person'));
      if (!isOpen(found)) throw new BatonError(personErased(trace));
      return { one: found, isNew: false };
    },
    remember: (owner, one) => {
      known.delete(one.trace);
      known.set(one.trace, { named: personOf(owner), one });
      const [oldest] = known.keys();
      if (known.size > CASES && oldest !== undefined) known.delete(oldest);
    },
    forget: (trace) => {
      known.delete(trace);
    },
    clear: () => {
      known.clear();
    },
  };
}
