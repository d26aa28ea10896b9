import type { StoredCaseKey } from '../contract/key-ports.ts';

/** A data key out of a row `id, case_id, person, key_id, wrapped_key`. */
export function storedCaseKey([id, caseId, person, keyId, wrapped]: readonly unknown[]): StoredCaseKey {
  const key =
    typeof keyId === 'string' && typeof wrapped === 'string' ? ({ keyId, wrapped } as const) : undefined;
  return { id: String(id), caseId: String(caseId), person: String(person), key };
}
