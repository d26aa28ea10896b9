import { setTimeout } from 'node:timers/promises';
import { BatonError, failure } from '../../contract/failures.ts';
import type { CaseKeyTable, PersonKeyTable, StoredPersonKey } from '../../contract/key-ports.ts';
import { INSTALLATION, ownedKey, retiredOwner, storedCaseKey } from '../case-key-row.ts';
import type { EmbeddedDatabase, EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const INSERT = 'INSERT OR IGNORE INTO baton_person_keys (key_id, person, secret) VALUES (?, ?, ?)';
const OF_PERSON = 'SELECT key_id, secret FROM baton_person_keys WHERE person = ?';
const OF_ID = 'SELECT key_id, secret FROM baton_person_keys WHERE key_id = ?';
const CASE_KEY = 'id, case_id, person, key_id, wrapped_key';
const INSERT_CASE_KEY = `INSERT OR IGNORE INTO baton_case_keys (${CASE_KEY}) VALUES (?, ?, ?, ?, ?)`;
const CASE_KEY_OF_CASE = `SELECT ${CASE_KEY} FROM baton_case_keys WHERE case_id = ?`;
const CASE_KEY_OF_ID = `SELECT ${CASE_KEY} FROM baton_case_keys WHERE id = ?`;
const CASE_KEYS_OF_PERSON = `SELECT ${CASE_KEY} FROM baton_case_keys
  WHERE person = ? AND wrapped_key IS NOT NULL ORDER BY case_id`;
const ERASE_CASE_KEYS = 'UPDATE baton_case_keys SET key_id = NULL, wrapped_key = NULL WHERE person = ?';
/** How often, and how far apart in milliseconds, the log is tried to be cut off. */
const LOG_TRIES = 100;
const LOG_PAUSE_MS = 20;
const REWRAP = `UPDATE baton_case_keys SET key_id = ?, wrapped_key = ?
  WHERE id = ? AND key_id = ? AND wrapped_key = ?`;
const PAGE = 'SELECT key_id, secret, person FROM baton_person_keys WHERE key_id > ? ORDER BY key_id LIMIT ?';
const RETIRE = 'UPDATE baton_person_keys SET person = ? WHERE key_id = ? AND person = ?';
const REPLACE = 'UPDATE baton_person_keys SET secret = ? WHERE key_id = ? AND secret = ?';
const SECURELY = { sql: 'PRAGMA secure_delete = ON' };

/**
 * Keys of persons in a SQLite file of their own: a copy of the context's file, however old, then never holds them.
 * What is destroyed is overwritten with zeros, in the file and in its log.
 */
export async function openEmbeddedPersonKeyTable(
  file: string,
  options?: EmbeddedOptions,
): Promise<PersonKeyTable> {
  const { database, close } = await openEmbeddedTables('person-keys', file, options);
  const presentKey = async (person: string, candidate: StoredPersonKey): Promise<StoredPersonKey> => {
    const [present] = await database.read([{ sql: OF_PERSON, parameters: [person] }]);
    if (present?.rows[0] !== undefined) return storedKey(present.rows[0]);
    return database.transact(async ({ run }) => {
      const [, found] = await run([
        { sql: INSERT, parameters: [candidate.keyId, person, candidate.secret] },
        { sql: OF_PERSON, parameters: [person] },
      ]);
      return storedKey(found?.rows[0] ?? []);
    });
  };
  return {
    caseKeys: caseKeysIn(database),
    installationSecret: async (candidate) =>
      (await presentKey(INSTALLATION, { keyId: INSTALLATION, secret: candidate })).secret,
    presentKey,
    find: async (keyId) => {
      const [found] = await database.read([{ sql: OF_ID, parameters: [keyId] }]);
      return found?.rows[0] === undefined ? undefined : storedKey(found.rows[0]);
    },
    page: async (after, limit) => {
      const [found] = await database.read([{ sql: PAGE, parameters: [after, limit] }]);
      return (found?.rows ?? []).map(ownedKey);
    },
    replaceSecret: (keyId, from, to) =>
      database.atomic([SECURELY, { sql: REPLACE, parameters: [to, keyId, from], expect: 1 }]),
    retire: (present, person, next, at) =>
      database.atomic([
        { sql: RETIRE, parameters: [retiredOwner(person, at), present.keyId, person], expect: 1 },
        { sql: INSERT, parameters: [next.keyId, person, next.secret], expect: 1 },
      ]),
    drop: async (keyId) => {
      await database.atomic([
        SECURELY,
        { sql: 'DELETE FROM baton_person_keys WHERE key_id = ?', parameters: [keyId] },
      ]);
    },
    scrub: () => cutLog(database),
    destroy: async (person) => {
      await database.atomic([
        SECURELY,
        {
          sql: "DELETE FROM baton_person_keys WHERE person = ? OR person LIKE ? || '/%'",
          parameters: [person, person],
        },
        { sql: ERASE_CASE_KEYS, parameters: [person] },
      ]);
      await cutLog(database);
    },
    close,
  };
}

function caseKeysIn(database: EmbeddedDatabase): CaseKeyTable {
  const one = async (sql: string, value: string): ReturnType<CaseKeyTable['find']> => {
    const [found] = await database.read([{ sql, parameters: [value] }]);
    return found?.rows[0] === undefined ? undefined : storedCaseKey(found.rows[0]);
  };
  return {
    find: (id) => one(CASE_KEY_OF_ID, id),
    ofCase: (caseId) => one(CASE_KEY_OF_CASE, caseId),
    keep: (candidate) =>
      database.transact(async ({ run }) => {
        const { id, caseId, person, key } = candidate;
        const parameters = [id, caseId, person, key?.keyId ?? null, key?.wrapped ?? null];
        const [, found] = await run([
          { sql: INSERT_CASE_KEY, parameters },
          { sql: CASE_KEY_OF_CASE, parameters: [caseId] },
        ]);
        return storedCaseKey(found?.rows[0] ?? []);
      }),
    ofPerson: async (person) => {
      const [found] = await database.read([{ sql: CASE_KEYS_OF_PERSON, parameters: [person] }]);
      return (found?.rows ?? []).map(storedCaseKey);
    },
    rewrap: (id, from, to) =>
      database.atomic([
        { sql: REWRAP, parameters: [to.keyId, to.wrapped, id, from.keyId, from.wrapped], expect: 1 },
      ]),
  };
}

/** The log still has the page as it was; once all of it is in the file, it is cut off. Readers may be in the way. */
async function cutLog(database: EmbeddedDatabase): Promise<void> {
  for (let tries = 0; tries < LOG_TRIES; tries += 1) {
    const [result] = await database.read([{ sql: 'PRAGMA wal_checkpoint(TRUNCATE)' }]);
    if (result?.rows[0]?.[0] === 0) return;
    await setTimeout(LOG_PAUSE_MS);
  }
  const detail = `${database.path}: the key is destroyed, but others keep reading the log that has a copy`;
  throw new BatonError(failure('STORE_UNAVAILABLE', detail));
}

function storedKey([keyId, secret]: readonly unknown[]): StoredPersonKey {
  return { keyId: String(keyId), secret: String(secret) };
}
