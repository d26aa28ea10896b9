import type { Outbox } from '../../contract/ports.ts';
import { parseDisabledEndpoint, parseOutboxEntry } from '../outbox-row.ts';
import { openPostgresTables } from './schema.ts';

/** By the clock of the database, the only one that all processes share. Nobody waits for what another is taking. */
const TAKE = `UPDATE baton_outbox SET taken_until = clock_timestamp() + $1 * interval '1 millisecond'
  WHERE id IN (SELECT id FROM baton_outbox WHERE taken_until <= clock_timestamp() ORDER BY id LIMIT $2
    FOR UPDATE SKIP LOCKED)
  RETURNING trace, sequence, body, id`;
const REMOVE = `DELETE FROM baton_outbox WHERE (trace, sequence) IN
  (SELECT * FROM unnest($1::text[], $2::integer[]))`;
const WAITING = 'SELECT count(*)::integer FROM baton_outbox';
const DISABLE = `INSERT INTO baton_disabled_endpoints AS known (endpoint, url, since) VALUES ($1, $2, $3)
  ON CONFLICT (endpoint) DO UPDATE SET url = excluded.url, since = excluded.since WHERE known.url <> excluded.url`;
const ENABLE = 'DELETE FROM baton_disabled_endpoints WHERE endpoint = $1';
const DISABLED = 'SELECT endpoint, url, since FROM baton_disabled_endpoints ORDER BY endpoint';

/** The outbox in PostgreSQL. */
export async function openPostgresOutbox(url: string): Promise<Outbox> {
  const { database, close } = await openPostgresTables('ledger', url);
  return {
    take: async ({ limit, forMs }) => {
      const { rows } = await database.query(TAKE, [forMs, limit]);
      return rows
        .toSorted(([, , , left], [, , , right]) => Number(left) - Number(right))
        .map(parseOutboxEntry);
    },
    remove: async (entries) => {
      if (entries.length === 0) return;
      await database.query(REMOVE, [
        entries.map(({ trace }) => trace),
        entries.map(({ sequence }) => sequence),
      ]);
    },
    waiting: async () => {
      const { rows } = await database.query(WAITING);
      return Number(rows[0]?.[0] ?? 0);
    },
    disable: async ({ endpoint, url: address }) => {
      await database.query(DISABLE, [endpoint, address, new Date().toISOString()]);
    },
    enable: async (endpoint) => (await database.query(ENABLE, [endpoint])).count === 1,
    disabled: async () => (await database.query(DISABLED)).rows.map(parseDisabledEndpoint),
    close,
  };
}
