import type { MeterTable } from '../meter-table.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

/** Meters in a SQLite file. */
export async function openEmbeddedMeterTable(file: string, options?: EmbeddedOptions): Promise<MeterTable> {
  const { database, close } = await openEmbeddedTables('meters', file, options);
  return {
    read: async ({ kind, tenant, name }) => {
      const [result] = await database.read([
        {
          sql: 'SELECT version, state FROM baton_meters WHERE kind = ? AND tenant = ? AND name = ?',
          parameters: [kind, tenant, name],
        },
      ]);
      const [version, state] = result?.rows[0] ?? [];
      return typeof state === 'string' ? { version: Number(version), state } : undefined;
    },
    set: ({ kind, tenant, name }, expected, state) =>
      database.transact(async ({ run }) => {
        const [changed] = await run([
          state === undefined
            ? {
                sql: `DELETE FROM baton_meters WHERE kind = ? AND tenant = ? AND name = ? AND version = ?
                  RETURNING version`,
                parameters: [kind, tenant, name, expected],
              }
            : expected === 0
              ? {
                  sql: 'INSERT OR IGNORE INTO baton_meters VALUES (?, ?, ?, 1, ?) RETURNING version',
                  parameters: [kind, tenant, name, state],
                }
              : {
                  sql: `UPDATE baton_meters SET version = version + 1, state = ?
                    WHERE kind = ? AND tenant = ? AND name = ? AND version = ? RETURNING version`,
                  parameters: [state, kind, tenant, name, expected],
                },
        ]);
        return changed?.rows.length === 1;
      }),
    list: async (kind) => {
      const [result] = await database.read([
        {
          sql: 'SELECT tenant, name, state FROM baton_meters WHERE kind = ? ORDER BY tenant, name',
          parameters: [kind],
        },
      ]);
      return result?.rows ?? [];
    },
    close,
  };
}
