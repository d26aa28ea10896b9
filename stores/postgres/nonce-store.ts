import type { NonceStore } from '../../contract/seal.ts';
import { nonceAnswer } from '../nonce-answer.ts';
import { openPostgresTables } from './schema.ts';

/** Consumed nonces in PostgreSQL. */
export async function openPostgresNonceStore(url: string): Promise<NonceStore> {
  const { database, close } = await openPostgresTables('nonces', url);
  return {
    consume: async (use) => {
      const { trace, nonce, handoffId, digest } = use;
      const inserted = await database.query(
        'INSERT INTO baton_nonces VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1',
        [trace, nonce, handoffId, digest],
      );
      if (inserted.rows.length === 1) return nonceAnswer(use, true, undefined);
      // Rows are never changed nor removed here, so what stands there now stood there then.
      const { rows } = await database.query(
        'SELECT handoff, digest FROM baton_nonces WHERE trace = $1 AND nonce = $2',
        [trace, nonce],
      );
      return nonceAnswer(use, false, rows[0]);
    },
    close,
  };
}
