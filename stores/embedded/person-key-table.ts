import type { PersonKeyTable, StoredPersonKey } from '../../contract/key-ports.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const INSERT = 'INSERT OR IGNORE INTO baton_person_keys (key_id, person, secret) VALUES (?, ?, ?)';
const OF_PERSON = 'SELECT key_id, secret FROM baton_person_keys WHERE person = ?';
const OF_ID = 'SELECT key_id, secret FROM baton_person_keys WHERE key_id = ?';
/** Digests of persons are hexadecimal, so no person is called this. */
const INSTALLATION = 'installation';

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
    installationSecret: async (candidate) =>
      (await presentKey(INSTALLATION, { keyId: INSTALLATION, secret: candidate })).secret,
    presentKey,
    find: async (keyId) => {
      const [found] = await database.read([{ sql: OF_ID, parameters: [keyId] }]);
      return found?.rows[0] === undefined ? undefined : storedKey(found.rows[0]);
    },
    destroy: async (person) => {
      await database.atomic([
        { sql: 'PRAGMA secure_delete = ON' },
        { sql: 'DELETE FROM baton_person_keys WHERE person = ?', parameters: [person] },
      ]);
      // The log still has the page as it was; only when all of it is in the file is it cut off.
      await database.read([{ sql: 'PRAGMA wal_checkpoint(TRUNCATE)' }]);
    },
    close,
  };
}

function storedKey([keyId, secret]: readonly unknown[]): StoredPersonKey {
  return { keyId: String(keyId), secret: String(secret) };
}
