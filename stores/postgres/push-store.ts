import type { PushConfigStore } from '../../contract/a2a-push.ts';
import { parsePushRow } from '../push-row.ts';
import { openPostgresTables } from './schema.ts';

const PUT = `INSERT INTO baton_pushes VALUES ($1, $2, $3)
  ON CONFLICT (case_id, id) DO UPDATE SET body = excluded.body`;
const LIST = 'SELECT body FROM baton_pushes WHERE case_id = $1 ORDER BY id COLLATE "C"';
const REMOVE = 'DELETE FROM baton_pushes WHERE case_id = $1 AND id = $2';

/** Where clients want to be told of tasks, in PostgreSQL. */
export async function openPostgresPushStore(url: string): Promise<PushConfigStore> {
  const { database, close } = await openPostgresTables('pushes', url);
  return {
    put: async (config) => {
      await database.query(PUT, [config.caseId, config.id, JSON.stringify(config)]);
    },
    list: async (caseId) => (await database.query(LIST, [caseId])).rows.map(parsePushRow),
    remove: async ({ caseId, id }) => {
      await database.query(REMOVE, [caseId, id]);
    },
    close,
  };
}
