import { setTimeout } from 'node:timers/promises';
import { BatonError, failure } from '../../contract/failures.ts';
import type { PersonKeyTable, StoredPersonKey } from '../../contract/key-ports.ts';
import type { EmbeddedDatabase, EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const INSERT = 'INSERT OR IGNORE INTO baton_person_keys (key_id, person, secret) VALUES (?, ?, ?)';
const OF_PERSON = 'SELECT key_id, secret FROM baton_person_keys WHERE person = ?';
const OF_ID = 'SELECT key_id, secret FROM baton_person_keys WHERE key_id = ?';
/** How often, and how far apart in milliseconds, the log is tried to be cut off. */
const LOG_TRIES = 100;
const LOG_PAUSE_MS = 20;
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
      await cutLog(database);
    },
    close,
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
