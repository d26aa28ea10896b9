import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { caseErased } from '../contract/context.ts';
import { BatonError } from '../contract/failures.ts';
import {
  personNamed,
  type CaseKeys,
  type CaseKeyState,
  type CaseKeyTable,
  type PersonKeys,
  type StoredCaseKey,
} from '../contract/key-ports.ts';
import { isCaseKeyId, newCaseKeyId, type DataKeys, type FoundKey } from './data-keys.ts';
import { SECRET_BYTES } from './key-ring.ts';

/** Keys a process keeps at hand. */
const KEYS_AT_HAND = 1_000;
/** How long it keeps them, in milliseconds: so long may another process still read after a person was erased. */
const AT_HAND_MS = 30_000;

/** What data keys of cases are made from. */
export interface CaseDataKeysOptions {
  /** Encrypts what belongs to no case, or to a case of nobody known. */
  readonly ring: DataKeys;
  readonly persons: PersonKeys;
  readonly table: CaseKeyTable;
  /**
   * In a process that meets cases only once they are open, a worker: that a case has no key is remembered then. A
   * client asks each time, for the case may be about to be opened with one.
   */
  readonly onlyOpenCases?: boolean;
  /** Milliseconds, a clock to be replaced in tests. */
  readonly now?: () => number;
}

/**
 * A data key per case, wrapped by the key of its person, for the payloads of that case in Temporal (M11). A case gets
 * its key before it is opened, and only then, so what was encrypted once is found again whichever process asks. What
 * belongs to nobody known has the key of the ring.
 */
export function caseDataKeys(options: CaseDataKeysOptions): DataKeys & CaseKeys {
  const { ring, persons, table, onlyOpenCases = false, now = Date.now } = options;
  const secrets = atHand<KeyObject>(now);
  const cases = atHand<StoredCaseKey | 'none'>(now);

  const secretOf = async (stored: StoredCaseKey): Promise<KeyObject | undefined> => {
    const known = secrets.get(stored.id);
    if (known !== undefined) return known;
    if (stored.key === undefined) return undefined;
    const bytes = await persons.unwrap(stored.key, boundPayloadKey(stored));
    if (bytes === undefined) return undefined;
    const secret = createSecretKey(bytes);
    secrets.set(stored.id, secret);
    return secret;
  };
  const ofCase = async (caseId: string): Promise<StoredCaseKey | undefined> => {
    const known = cases.get(caseId);
    if (known !== undefined) return known === 'none' ? undefined : known;
    const stored = await table.ofCase(caseId);
    if (stored?.key !== undefined) cases.set(caseId, stored);
    if (stored === undefined && onlyOpenCases) cases.set(caseId, 'none');
    return stored;
  };
  const stateOf = async (stored: StoredCaseKey | undefined, person?: string): Promise<CaseKeyState> => {
    if (stored === undefined) return 'none';
    if (stored.key === undefined) return 'erased';
    const theirs = person !== undefined && stored.person === (await persons.digestOf(personNamed(person)));
    return theirs ? 'theirs' : 'others';
  };

  return {
    keyFor: async (context) => {
      const caseId = context?.workflowId;
      const stored = caseId === undefined ? undefined : await ofCase(caseId);
      if (stored === undefined) return ring.keyFor(context);
      const secret = await secretOf(stored);
      if (secret === undefined) throw new BatonError(caseErased(stored.caseId));
      return { id: stored.id, secret };
    },
    find: async (id, caseId): Promise<FoundKey> => {
      if (!isCaseKeyId(id)) return ring.find(id, caseId);
      const known = secrets.get(id);
      if (known !== undefined) return { kind: 'key', secret: known };
      const stored = await table.find(id);
      // Another installation's, or a sender's invention.
      if (stored === undefined) return { kind: 'unknown' };
      const secret = await secretOf(stored);
      return secret === undefined ? { kind: 'erased' } : { kind: 'key', secret };
    },
    stateOf: async (caseId, person) => stateOf(await table.ofCase(caseId), person),
    register: async (caseId, person) => {
      const digest = await persons.digestOf(personNamed(person));
      const id = newCaseKeyId();
      const bytes = randomBytes(SECRET_BYTES);
      const key = await persons.wrap(digest, bytes, boundPayloadKey({ id, caseId }));
      return stateOf(await table.keep({ id, caseId, person: digest, key }), person);
    },
    casesOf: async (person) => {
      const found = await table.ofPerson(await persons.digestOf(personNamed(person)));
      return found.map(({ caseId }) => caseId);
    },
    erase: async (person) => {
      try {
        await persons.destroy(await persons.digestOf(personNamed(person)));
      } finally {
        // Also when nobody knows whether it was destroyed.
        secrets.clear();
        cases.clear();
      }
    },
  };
}

/** Values kept for a while, the oldest thrown out. */
function atHand<Value>(now: () => number): {
  readonly get: (name: string) => Value | undefined;
  readonly set: (name: string, value: Value) => void;
  readonly clear: () => void;
} {
  const kept = new Map<string, { readonly value: Value; readonly until: number }>();
  return {
    get: (name) => {
      const found = kept.get(name);
      return found !== undefined && found.until > now() ? found.value : undefined;
    },
    set: (name, value) => {
      kept.delete(name);
      kept.set(name, { value, until: now() + AT_HAND_MS });
      const [oldest] = kept.keys();
      if (kept.size > KEYS_AT_HAND && oldest !== undefined) kept.delete(oldest);
    },
    clear: () => {
      kept.clear();
    },
  };
}

/** What the data key of a case's payloads is bound to. */
export function boundPayloadKey({ id, caseId }: Pick<StoredCaseKey, 'id' | 'caseId'>): string {
  return JSON.stringify(['baton-payload-key', caseId, id]);
}
