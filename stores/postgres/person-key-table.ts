import type { PersonKeyTable, StoredPersonKey } from '../../contract/key-ports.ts';
import { openPostgresTables } from './schema.ts';

const INSERT = `INSERT INTO baton_person_keys (key_id, person, secret) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`;
const OF_PERSON = 'SELECT key_id, secret FROM baton_person_keys WHERE person = $1';
const OF_ID = 'SELECT key_id, secret FROM baton_person_keys WHERE key_id = $1';
/** Digests of persons are hexadecimal, so no person is called this. */
const INSTALLATION = 'installation';

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
    installationSecret: async (candidate) =>
      (await presentKey(INSTALLATION, { keyId: INSTALLATION, secret: candidate })).secret,
    presentKey,
    find: (keyId) => one(OF_ID, keyId),
    destroy: async (person) => {
      await database.query('DELETE FROM baton_person_keys WHERE person = $1', [person]);
      // A deleted row stays in its page until the table is written anew. There are few persons beside messages.
      await database.query('VACUUM (FULL) baton_person_keys');
    },
    close,
  };
}
