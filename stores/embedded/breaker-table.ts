import type { BreakerStore } from '../../contract/ports.ts';
import { breakerStore } from '../breaker-store.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const ONE = 'SELECT state FROM baton_breakers WHERE team = ? AND agent = ? AND agent_version = ?';

/** Circuit breakers in a SQLite file: its only writing transaction keeps one change behind the other. */
export async function openEmbeddedBreakerStore(
  file: string,
  options?: EmbeddedOptions,
): Promise<BreakerStore> {
  const { database, close } = await openEmbeddedTables('breakers', file, options);
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return breakerStore({
    read: async ({ team, agent, agentVersion }) => {
      const [result] = await database.read([{ sql: ONE, parameters: [team, agent, agentVersion] }]);
      return textOf(result?.rows[0]?.[0]);
    },
    change: ({ team, agent, agentVersion }, work) =>
      database.transact(async ({ run, queue }) => {
        const [found] = await run([{ sql: ONE, parameters: [team, agent, agentVersion] }]);
        const next = work(textOf(found?.rows[0]?.[0]));
        if (!next) return;
        queue([
          {
            sql: `INSERT INTO baton_breakers VALUES (?, ?, ?, ?)
              ON CONFLICT (team, agent, agent_version) DO UPDATE SET state = excluded.state`,
            parameters: [team, agent, agentVersion, next.state],
          },
        ]);
        if (next.change !== undefined)
          queue([
            {
              sql: 'INSERT INTO baton_breaker_changes (team, change) VALUES (?, ?)',
              parameters: [team, next.change],
            },
          ]);
      }),
    list: async (team) => {
      const [result] = await database.read([
        {
          sql: `SELECT team, agent, agent_version, state FROM baton_breakers WHERE ? IS NULL OR team = ?
            ORDER BY team, agent, agent_version`,
          parameters: [team ?? null, team ?? null],
        },
      ]);
      return result?.rows ?? [];
    },
    log: async (team, limit) => {
      const [result] = await database.read([
        {
          sql: `SELECT change FROM baton_breaker_changes WHERE ? IS NULL OR team = ?
            ORDER BY sequence DESC LIMIT ?`,
          parameters: [team ?? null, team ?? null, limit],
        },
      ]);
      return (result?.rows ?? []).map(([change]) => change);
    },
    close,
  });
}
