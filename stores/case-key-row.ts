import type { OwnedPersonKey, StoredCaseKey } from '../contract/key-ports.ts';

/** A data key out of a row `id, case_id, person, key_id, wrapped_key`. */
export function storedCaseKey([id, caseId, person, keyId, wrapped]: readonly unknown[]): StoredCaseKey {
  const key =
    typeof keyId === 'string' && typeof wrapped === 'string' ? ({ keyId, wrapped } as const) : undefined;
  return { id: String(id), caseId: String(caseId), person: String(person), key };
}

/** Digests of persons are hexadecimal, so no person is called this. */
export const INSTALLATION = 'installation';

/** What stands in the place of the person of a retired key: one person has one present key. */
export function retiredOwner(person: string, at: string): string {
  return `${person}/${at}`;
}

/** A person's key out of a row `key_id, secret, person`. */
export function ownedKey([keyId, secret, owner]: readonly unknown[]): OwnedPersonKey {
  const [person = '', retiredAt] = String(owner).split('/');
  return {
    keyId: String(keyId),
    secret: String(secret),
    ...(person === INSTALLATION ? {} : { person }),
    ...(retiredAt === undefined ? {} : { retiredAt }),
  };
}
