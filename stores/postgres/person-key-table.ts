import type { CaseKeyTable, PersonKeyTable, StoredPersonKey } from '../../contract/key-ports.ts';
import { INSTALLATION, ownedKey, retiredOwner, storedCaseKey } from '../case-key-row.ts';
import type { PostgresDatabase } from './database.ts';
import { openPostgresTables } from './schema.ts';

const INSERT = `INSERT INTO baton_person_keys (key_id, person, secret) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
const OF_PERSON = 'SELECT key_id, secret FROM baton_person_keys WHERE person = $1';
const OF_ID = 'SELECT key_id, secret FROM baton_person_keys WHERE key_id = $1';
const CASE_KEY = 'id, case_id, person, key_id, wrapped_key';
const INSERT_CASE_KEY = `INSERT INTO baton_case_keys (${CASE_KEY}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;
const CASE_KEY_OF_CASE = `SELECT ${CASE_KEY} FROM baton_case_keys WHERE case_id = $1`;
const CASE_KEY_OF_ID = `SELECT ${CASE_KEY} FROM baton_case_keys WHERE id = $1`;
const CASE_KEYS_OF_PERSON = `SELECT ${CASE_KEY} FROM baton_case_keys
  WHERE person = $1 AND wrapped_key IS NOT NULL ORDER BY case_id`;
const ERASE_CASE_KEYS = 'UPDATE baton_case_keys SET key_id = NULL, wrapped_key = NULL WHERE person = $1';
const REWRAP = `UPDATE baton_case_keys SET key_id = $1, wrapped_key = $2
  WHERE id = $3 AND key_id = $4 AND wrapped_key = $5`;
const PAGE =
  'SELECT key_id, secret, person FROM baton_person_keys WHERE key_id COLLATE "C" > $1 ORDER BY key_id COLLATE "C" LIMIT $2';
const RETIRE = 'UPDATE baton_person_keys SET person = $1 WHERE key_id = $2 AND person = $3';
const REPLACE = 'UPDATE baton_person_keys SET secret = $1 WHERE key_id = $2 AND secret = $3';

/**
 * Keys of persons in PostgreSQL. A database of their own keeps them out of the context's backups. What is destroyed
 * leaves the table's file by a rewrite of it; archived logs and backups of this database expire by their own rules.
 */
export async function openPostgresPersonKeyTable(url: string): Promise<PersonKeyTable> {
  const { database, close } = await openPostgresTables('person-keys', url);
  const one = async (sql: string, value: string): Promise<StoredPersonKey | undefined> => {
    const { rows } = await database.query(sql, [value]);
    const [keyId, secret] = rows[0] ?? [];
    return typeof keyId === 'string' && typeof secret === 'string' ? { keyId, secret } : undefined;
  };
  const presentKey = async (person: string, candidate: StoredPersonKey): Promise<StoredPersonKey> => {
    for (;;) {
      const present = await one(OF_PERSON, person);
      if (present !== undefined) return present;
      await database.query(INSERT, [candidate.keyId, person, candidate.secret]);
    }
  };
  return {
    caseKeys: caseKeysIn(database),
    installationSecret: async (candidate) =>
      (await presentKey(INSTALLATION, { keyId: INSTALLATION, secret: candidate })).secret,
    presentKey,
    find: (keyId) => one(OF_ID, keyId),
    page: async (after, limit) => (await database.query(PAGE, [after, limit])).rows.map(ownedKey),
    replaceSecret: async (keyId, from, to) => (await database.query(REPLACE, [to, keyId, from])).count === 1,
    retire: (present, person, next, at) =>
      database.transact(async (query) => {
        const { count } = await query(RETIRE, [retiredOwner(person, at), present.keyId, person]);
        if (count === 0) return false;
        await query(INSERT, [next.keyId, person, next.secret]);
        return true;
      }),
    drop: async (keyId) => {
      await database.query('DELETE FROM baton_person_keys WHERE key_id = $1', [keyId]);
    },
    scrub: async () => {
      await database.query('VACUUM (FULL) baton_person_keys');
    },
    destroy: async (person) => {
      // The person's key first and by itself: whatever happens next, nothing can be read, and a repeat does the rest.
      await database.query("DELETE FROM baton_person_keys WHERE person = $1 OR person LIKE $1 || '/%'", [
        person,
      ]);
      await database.query(ERASE_CASE_KEYS, [person]);
      // A deleted row stays in its page until the table is written anew. There are few persons beside messages.
      await database.query('VACUUM (FULL) baton_person_keys');
    },
    close,
  };
}

function caseKeysIn(database: PostgresDatabase): CaseKeyTable {
  const one = async (sql: string, value: string): ReturnType<CaseKeyTable['find']> => {
    const { rows } = await database.query(sql, [value]);
    return rows[0] === undefined ? undefined : storedCaseKey(rows[0]);
  };
  return {
    find: (id) => one(CASE_KEY_OF_ID, id),
    ofCase: (caseId) => one(CASE_KEY_OF_CASE, caseId),
    keep: async (candidate) => {
      const { id, caseId, person, key } = candidate;
      const values = [id, caseId, person, key?.keyId ?? null, key?.wrapped ?? null];
      for (;;) {
        await database.query(INSERT_CASE_KEY, values);
        const kept = await one(CASE_KEY_OF_CASE, caseId);
        if (kept !== undefined) return kept;
      }
    },
    ofPerson: async (person) => {
      const { rows } = await database.query(CASE_KEYS_OF_PERSON, [person]);
      return rows.map(storedCaseKey);
    },
    rewrap: async (id, from, to) => {
      const values = [to.keyId, to.wrapped, id, from.keyId, from.wrapped];
      return (await database.query(REWRAP, values)).count === 1;
    },
  };
}
