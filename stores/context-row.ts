import type { StoredCase, StoredMessage, StoredValue } from './context-table.ts';

/** A case from its columns: trace, case_id, person, key_id, wrapped_key. */
export function storedCase(columns: readonly unknown[]): StoredCase {
  const [trace, caseId, person, keyId, wrapped] = columns.map((column) =>
    typeof column === 'string' ? column : undefined,
  );
  return {
    trace: trace ?? '',
    caseId: caseId ?? '',
    person: person ?? '',
    key: keyId === undefined || wrapped === undefined ? undefined : { keyId, wrapped },
  };
}

/** A value from its columns: key, version, digest, bytes, body. */
export function storedValue([key, version, digest, bytes, body]: readonly unknown[]): StoredValue {
  return {
    key: String(key),
    version: Number(version),
    digest: String(digest),
    bytes: Number(bytes),
    body: String(body),
  };
}

/** A message from its columns: sequence, digest, body. */
export function storedMessage([sequence, digest, body]: readonly unknown[]): StoredMessage {
  return { sequence: Number(sequence), digest: String(digest), body: String(body) };
}
