import type { PersonDigest, WrappedCaseKey } from '../contract/key-ports.ts';

/** A case as a store knows it. Its key is gone once the person was erased. */
export interface StoredCase {
  readonly trace: string;
  readonly caseId: string;
  readonly person: PersonDigest;
  readonly key: WrappedCaseKey | undefined;
}

/** A case that can be written to. */
export type OpenStoredCase = StoredCase & { readonly key: WrappedCaseKey };

/** A value at rest. */
export interface StoredValue {
  readonly key: string;
  readonly version: number;
  readonly digest: string;
  readonly bytes: number;
  /** Ciphertext in base64. */
  readonly body: string;
}

/** A message at rest. */
export interface StoredMessage {
  readonly sequence: number;
  readonly digest: string;
  /** Ciphertext in base64. */
  readonly body: string;
}

/** Progress on its way into a feed. */
export type StoredProgress = Omit<StoredMessage, 'sequence'>;

/** What is inserted together. */
export interface StoredWrite {
  readonly case: OpenStoredCase;
  /** Whether the case comes into being with this write. */
  readonly isNew: boolean;
  readonly values: readonly StoredValue[];
  readonly messages: readonly StoredMessage[];
}

/** What is read together. */
export interface StoredRead {
  readonly trace: string;
  readonly values: readonly { readonly key: string; readonly version: number }[];
  /** Messages after one sequence and through another, at most so many. */
  readonly messages?: {
    readonly after: number;
    readonly through: number | undefined;
    readonly limit: number | undefined;
  };
}

/** What was found of it, messages in order. */
export interface StoredFound {
  readonly case: StoredCase | undefined;
  readonly values: readonly StoredValue[];
  readonly messages: readonly StoredMessage[];
}

/** What a database must offer so that {@link contextStore} can do the rest. It sees ciphertext only. */
export interface ContextTable {
  findCase(trace: string): Promise<StoredCase | undefined>;
  /**
   * Inserts values and messages in one transaction and one round trip.
   * @returns false, and nothing written, when the case has another key or none, or is there though it should be new;
   * when a version does not follow the latest of its key, or a message's place is taken
   */
  insert(write: StoredWrite): Promise<boolean>;
  /** @param fresh true to ask no cache */
  read(request: StoredRead, fresh?: boolean): Promise<StoredFound>;
  /** The last value under a key. */
  latest(trace: string, key: string): Promise<Omit<StoredValue, 'body'> | undefined>;
  /** Every value of a case, by key and version, and the sequence of its last message. */
  inventory(trace: string): Promise<{
    readonly values: readonly Omit<StoredValue, 'body'>[];
    readonly lastMessage: number;
  }>;
  /**
   * Appends to the feed of a case in one transaction; the next offsets are the store's to give.
   * @returns false, and nothing written, when the case is not there or has another key, or another append came between
   */
  appendProgress(owner: OpenStoredCase, entries: readonly StoredProgress[]): Promise<boolean>;
  /** Entries of a feed after an offset, in order, at most so many. */
  readProgress(trace: string, after: number, limit: number | undefined): Promise<readonly StoredMessage[]>;
  /** Cases of a person that still have a key. */
  casesOf(person: PersonDigest): Promise<readonly StoredCase[]>;
  /** Wraps a case's key anew, if it is still wrapped as before. */
  rewrap(trace: string, from: WrappedCaseKey, to: WrappedCaseKey): Promise<boolean>;
  /** Takes the keys away from all cases of a person. @returns traces of those that had one */
  eraseCases(person: PersonDigest): Promise<readonly string[]>;
  /** Removes a case with its values and messages. @param unless keeps it if written to since that instant */
  forget(trace: string, unless?: string): Promise<boolean>;
  /** Cases in which nothing was written since an instant (ISO 8601, UTC, to the millisecond). */
  idleSince(instant: string): Promise<readonly StoredCase[]>;
  close(): Promise<void>;
}

/** The place a value is sealed for. The digest is in it, so that no value can stand under another's digest. */
export function valuePlace({
  key,
  version,
  digest,
}: Pick<StoredValue, 'key' | 'version' | 'digest'>): string {
  return JSON.stringify(['value', key, version, digest]);
}

/** The place a message is sealed for. */
export function messagePlace({ sequence, digest }: Pick<StoredMessage, 'sequence' | 'digest'>): string {
  return JSON.stringify(['message', sequence, digest]);
}

/** The place progress is sealed for. Its offset is the store's, and not known before. */
export function progressPlace({ digest }: StoredProgress): string {
  return JSON.stringify(['progress', digest]);
}
