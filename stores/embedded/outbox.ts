import type { Outbox } from '../../contract/ports.ts';
import { parseDisabledEndpoint, parseOutboxEntry } from '../outbox-row.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const FREE = 'SELECT 1 FROM baton_outbox WHERE taken_until <= ? LIMIT 1';
const TAKE = `UPDATE baton_outbox SET taken_until = ?1
  WHERE id IN (SELECT id FROM baton_outbox WHERE taken_until <= ?2 ORDER BY id LIMIT ?3)
  RETURNING trace, sequence, body, id`;
const REMOVE = 'DELETE FROM baton_outbox WHERE trace = ? AND sequence = ?';
const WAITING = 'SELECT count(*) FROM baton_outbox';
const DISABLE = `INSERT INTO baton_disabled_endpoints (endpoint, url, since) VALUES (?, ?, ?)
  ON CONFLICT (endpoint) DO UPDATE SET url = excluded.url, since = excluded.since WHERE url <> excluded.url`;
const ENABLE = 'DELETE FROM baton_disabled_endpoints WHERE endpoint = ?';
const DISABLED = 'SELECT endpoint, url, since FROM baton_disabled_endpoints ORDER BY endpoint';

/** The outbox in a SQLite file, by the clock of the one host that has it. */
export async function openEmbeddedOutbox(file: string, options?: EmbeddedOptions): Promise<Outbox> {
  const { database, close } = await openEmbeddedTables('ledger', file, options);
  return {
    take: async ({ limit, forMs }) => {
      const now = Date.now();
      // Asked often, and there is seldom anything: a look takes no lock.
      const [free] = await database.read([{ sql: FREE, parameters: [now] }]);
      if (free?.rows.length !== 1) return [];
      const [taken] = await database.transact(({ run }) =>
        run([{ sql: TAKE, parameters: [now + forMs, now, limit] }]),
      );
      return (taken?.rows ?? [])
        .toSorted(([, , , left], [, , , right]) => Number(left) - Number(right))
        .map(parseOutboxEntry);
    },
    remove: async (entries) => {
      if (entries.length === 0) return;
      await database.atomic([{ sql: REMOVE, each: entries.map(({ trace, sequence }) => [trace, sequence]) }]);
    },
    waiting: async () => {
      const [counted] = await database.read([{ sql: WAITING }]);
      return Number(counted?.rows[0]?.[0] ?? 0);
    },
    disable: async ({ endpoint, url }) => {
      await database.atomic([{ sql: DISABLE, parameters: [endpoint, url, new Date().toISOString()] }]);
    },
    enable: async (endpoint) => {
      const [removed] = await database.transact(({ run }) => run([{ sql: ENABLE, parameters: [endpoint] }]));
      return removed?.changes === 1;
    },
    disabled: async () => {
      const [found] = await database.read([{ sql: DISABLED }]);
      return (found?.rows ?? []).map(parseDisabledEndpoint);
    },
    close,
  };
}
