import type { NonceStore } from '../../contract/seal.ts';
import { nonceAnswer } from '../nonce-answer.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

/** Consumed nonces in a SQLite file. */
export async function openEmbeddedNonceStore(file: string, options?: EmbeddedOptions): Promise<NonceStore> {
  const { database, close } = await openEmbeddedTables('nonces', file, options);
  return {
    consume: async (use) => {
      const { trace, nonce, handoffId, digest } = use;
      const [insert, select] = await database.transact(({ run }) =>
        run([
          {
            sql: 'INSERT OR IGNORE INTO baton_nonces VALUES (?, ?, ?, ?)',
            parameters: [trace, nonce, handoffId, digest],
          },
          {
            sql: 'SELECT handoff, digest FROM baton_nonces WHERE trace = ? AND nonce = ?',
            parameters: [trace, nonce],
          },
        ]),
      );
      return nonceAnswer(use, insert?.changes === 1, select?.rows[0]);
    },
    close,
  };
}
