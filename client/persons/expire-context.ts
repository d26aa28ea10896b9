import type { Access } from '../reach/access.ts';
import { contextOf, isOpen } from './cases-of-person.ts';

/** What was forgotten. */
export interface Expiry {
  /** Traces of the cases whose context is gone. */
  readonly forgotten: readonly string[];
}

/**
 * Forgets the context of closed cases in which nothing was written since an instant (M11). Open ones keep theirs,
 * however long they sleep. The ledger stays.
 * @param before ISO 8601
 * @throws BatonError `CONFIGURATION_INVALID` without a context store, `INPUT_INVALID`, `SERVER_UNREACHABLE`,
 * `STORE_UNAVAILABLE`
 */
export async function expireContext(access: Access, before: string): Promise<Expiry> {
  const context = contextOf(access);
  const forgotten = await context.expireBefore(before, async (one) => !(await isOpen(access, one)));
  return { forgotten };
}
