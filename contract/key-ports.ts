/**
 * The three layers of keys that a person is erased by: the person's key wraps the data keys of their cases, and those
 * encrypt what stores keep. Destroying the first makes all of it unreadable, wherever it was copied to.
 */

/** A person as indexes may hold them: a digest keyed with the installation's own secret, which tells nothing. */
export type PersonDigest = string;

/** A case's data key as a store keeps it: useless without the key of the person. */
export interface WrappedCaseKey {
  /** Id of the person's key that wraps it. */
  readonly keyId: string;
  readonly wrapped: string;
}

/** The keys of persons. They never leave it, so a key management service can stand behind it. */
export interface PersonKeys {
  /** @param person `user.id` of a case, or a name made up for a case without a user */
  digestOf(person: string): Promise<PersonDigest>;
  /**
   * Encrypts a data key under the person's present key, which is made when there is none.
   * @param bound authenticated, not encrypted; the same must be given to unwrap
   */
  wrap(person: PersonDigest, dataKey: Uint8Array, bound: string): Promise<WrappedCaseKey>;
  /** The data key; undefined when the person's key was destroyed, or when anything was changed. */
  unwrap(key: WrappedCaseKey, bound: string): Promise<Uint8Array | undefined>;
  /** Destroys all keys of a person for good. A later case of theirs gets a new one. */
  destroy(person: PersonDigest): Promise<void>;
  close(): Promise<void>;
}

/** A text on its way into a store or out of it, and the place it belongs to: moved elsewhere it does not open. */
export interface PlacedText {
  readonly place: string;
  readonly text: string;
}

/** Encrypts what stores keep of a case. */
export interface CaseCipher {
  digestOf(person: string): Promise<PersonDigest>;
  /** A new data key, wrapped. */
  newKey(trace: string, person: PersonDigest): Promise<WrappedCaseKey>;
  /** @throws a failure `PERSON_ERASED` when the person's key is gone */
  seal(trace: string, key: WrappedCaseKey, texts: readonly PlacedText[]): Promise<readonly string[]>;
  /**
   * Decrypts; undefined stands for what was changed, or was sealed for another place.
   * @throws a failure `PERSON_ERASED` when the person's key is gone
   */
  open(
    trace: string,
    key: WrappedCaseKey,
    sealed: readonly PlacedText[],
  ): Promise<readonly (string | undefined)[]>;
  /** Destroys a person's keys, and forgets the data keys that were unwrapped with them. */
  erase(person: PersonDigest): Promise<void>;
  close(): Promise<void>;
}

/** A person's key at rest. */
export interface StoredPersonKey {
  readonly keyId: string;
  readonly secret: string;
}

/** A person's key at rest, and whose it is. */
export interface OwnedPersonKey extends StoredPersonKey {
  /** Absent for the installation's own secret. */
  readonly person?: PersonDigest;
  /** Since when it wraps nothing new (ISO 8601, UTC); absent for a present key. */
  readonly retiredAt?: string;
}

/** The data key of a case's payloads at rest. */
export interface StoredCaseKey {
  /** Stands in clear beside everything the key encrypts. */
  readonly id: string;
  /** The workflow's id, which all runs of a case share. */
  readonly caseId: string;
  readonly person: PersonDigest;
  /** Gone once the person was erased. */
  readonly key: WrappedCaseKey | undefined;
}

/** The data keys of payloads. A case has one for ever: its id is never given to another person. */
export interface CaseKeyTable {
  find(id: string): Promise<StoredCaseKey | undefined>;
  ofCase(caseId: string): Promise<StoredCaseKey | undefined>;
  /** The key of the candidate's case; the candidate becomes it when there is none. */
  keep(candidate: StoredCaseKey): Promise<StoredCaseKey>;
  /** Cases of a person that are not erased. */
  ofPerson(person: PersonDigest): Promise<readonly StoredCaseKey[]>;
  /** Wraps a data key anew, if it is still wrapped as before. */
  rewrap(id: string, from: WrappedCaseKey, to: WrappedCaseKey): Promise<boolean>;
}

/** Data keys of cases wherever they are kept, for whoever rotates the keys that wrap them. */
export interface WrappedKeys {
  /** Keys of a person's cases that are not erased, each with what it is bound to. */
  ofPerson(person: PersonDigest): Promise<readonly BoundCaseKey[]>;
  /** Wraps one anew, if it is still wrapped as before. */
  rewrap(one: BoundCaseKey, to: WrappedCaseKey): Promise<boolean>;
}

/** A case's data key, and where it belongs. */
export interface BoundCaseKey {
  /** Key of its row. */
  readonly id: string;
  readonly key: WrappedCaseKey;
  /** Authenticated, not encrypted. */
  readonly bound: string;
}

/** Whose key a case's payloads have. */
export type CaseKeyState = 'none' | 'theirs' | 'others' | 'erased';

/** What opens and erases cases with a data key of their own; the codec has the same keys at hand. */
export interface CaseKeys {
  /** @param person `user.id` of the case; absent for nobody's */
  stateOf(caseId: string, person?: string): Promise<CaseKeyState>;
  /** Gives a case that nobody has opened yet a key under its person's. @returns whose it is now */
  register(caseId: string, person: string): Promise<CaseKeyState>;
  /** Ids of a person's cases that are not erased. */
  casesOf(person: string): Promise<readonly string[]>;
  /** Destroys a person's key, and forgets what was unwrapped with it. */
  erase(person: string): Promise<void>;
}

/** The name of a person that keys and indexes derive from. */
export function personNamed(person: string): string {
  return JSON.stringify(['person', person]);
}

/** Where keys of persons lie when no key management service has them. Give it a database of its own (M11). */
export interface PersonKeyTable {
  /** The data keys of payloads, which end with their person's key. */
  readonly caseKeys: CaseKeyTable;
  /** The installation's secret; the candidate becomes it when there is none. */
  installationSecret(candidate: string): Promise<string>;
  /** The present key of a person; the candidate becomes it when there is none. */
  presentKey(person: PersonDigest, candidate: StoredPersonKey): Promise<StoredPersonKey>;
  find(keyId: string): Promise<StoredPersonKey | undefined>;
  /** Keys in the order of their ids, retired ones too, after one of them; at most so many. */
  page(after: string, limit: number): Promise<readonly OwnedPersonKey[]>;
  /** Encrypts a key anew, if it is still encrypted as before. */
  replaceSecret(keyId: string, from: string, to: string): Promise<boolean>;
  /** The next key becomes the person's present one, and the one before is retired: both at once, or neither. */
  retire(present: StoredPersonKey, person: PersonDigest, next: StoredPersonKey, at: string): Promise<boolean>;
  /** Removes a retired key. */
  drop(keyId: string): Promise<void>;
  /** Removes what was overwritten from the files as far as the database can. */
  scrub(): Promise<void>;
  /** Removes every key of a person, retired ones too, from the files too as far as the database can. */
  destroy(person: PersonDigest): Promise<void>;
  close(): Promise<void>;
}
