import { randomUUID, type KeyObject } from 'node:crypto';
import type { SerializationContext } from '@temporalio/common';

/** A key to encrypt with, and the id that stands in clear beside what it encrypted. */
export interface DataKey {
  readonly id: string;
  /** 32 bytes, for AES-256. */
  readonly secret: KeyObject;
}

/** What became of looking for a key. */
export type FoundKey =
  | { readonly kind: 'key'; readonly secret: KeyObject }
  /** Nobody knows such a key: the payload is damaged, or somebody else's. */
  | { readonly kind: 'unknown' }
  /** The key is registered, and this process has not got it: an operator's fault, not the sender's. */
  | { readonly kind: 'lacking' }
  /** The key was destroyed on purpose. */
  | { readonly kind: 'erased' };

/**
 * Where the payload codec gets its keys: a ring for all cases, or a key per case. The SDK tells a codec which
 * workflow a payload belongs to, so both fit the same port.
 */
export interface DataKeys {
  /**
   * The key for a new payload.
   * @param context the workflow or activity that the payload belongs to; absent where the SDK does not know
   */
  keyFor(context: SerializationContext | undefined): DataKey | Promise<DataKey>;
  /**
   * The key of an encrypted payload.
   * @param caseId the case named in the payload's authenticated metadata, where there is one
   */
  find(id: string, caseId: string | undefined): FoundKey | Promise<FoundKey>;
}

/** What ids of cases' own keys begin with; ids in a key ring have no slash. */
const CASE_KEY = 'case/';

/** A new id of a case's own key. */
export function newCaseKeyId(): string {
  return CASE_KEY + randomUUID();
}

/** Whether a key is one case's own, and so in the key store, not in the ring. */
export function isCaseKeyId(id: string): boolean {
  return id.startsWith(CASE_KEY);
}
