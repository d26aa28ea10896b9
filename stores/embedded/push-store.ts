import type { PushConfigStore } from '../../contract/a2a-push.ts';
import { parsePushRow } from '../push-row.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const PUT = `INSERT INTO baton_pushes VALUES (?, ?, ?) ON CONFLICT (case_id, id) DO UPDATE SET body = excluded.body`;
const LIST = 'SELECT body FROM baton_pushes WHERE case_id = ? ORDER BY id';
const REMOVE = 'DELETE FROM baton_pushes WHERE case_id = ? AND id = ?';

/** Where clients want to be told of tasks, in a SQLite file. */
export async function openEmbeddedPushStore(
  file: string,
  options?: EmbeddedOptions,
): Promise<PushConfigStore> {
  const { database, close } = await openEmbeddedTables('pushes', file, options);
  return {
    put: async (config) => {
      const parameters = [config.caseId, config.id, JSON.stringify(config)];
      await database.atomic([{ sql: PUT, parameters }]);
    },
    list: async (caseId) => {
      const [found] = await database.read([{ sql: LIST, parameters: [caseId] }]);
      return (found?.rows ?? []).map(parsePushRow);
    },
    remove: async ({ caseId, id }) => {
      await database.atomic([{ sql: REMOVE, parameters: [caseId, id] }]);
    },
    close,
  };
}
