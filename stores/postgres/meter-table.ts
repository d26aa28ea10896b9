import type { MeterTable } from '../meter-table.ts';
import { openPostgresTables } from './schema.ts';

/** Meters in PostgreSQL. */
export async function openPostgresMeterTable(url: string): Promise<MeterTable> {
  const { database, close } = await openPostgresTables('meters', url);
  return {
    read: async ({ kind, tenant, name }) => {
      const { rows } = await database.query(
        'SELECT version, state FROM baton_meters WHERE kind = $1 AND tenant = $2 AND name = $3',
        [kind, tenant, name],
      );
      const [version, state] = rows[0] ?? [];
      return typeof state === 'string' ? { version: Number(version), state } : undefined;
    },
    set: async ({ kind, tenant, name }, expected, state) => {
      const { rows } = await (state === undefined
        ? database.query(
            `DELETE FROM baton_meters WHERE kind = $1 AND tenant = $2 AND name = $3 AND version = $4
              RETURNING version`,
            [kind, tenant, name, expected],
          )
        : expected === 0
          ? database.query(
              'INSERT INTO baton_meters VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING RETURNING version',
              [kind, tenant, name, state],
            )
          : database.query(
              `UPDATE baton_meters SET version = version + 1, state = $5
                WHERE kind = $1 AND tenant = $2 AND name = $3 AND version = $4 RETURNING version`,
              [kind, tenant, name, expected, state],
            ));
      return rows.length === 1;
    },
    list: async (kind) => {
      const { rows } = await database.query(
        'SELECT tenant, name, state FROM baton_meters WHERE kind = $1 ORDER BY tenant, name',
        [kind],
      );
      return rows;
    },
    close,
  };
}
