import type { BreakerStore } from '../../contract/ports.ts';
import { breakerStore } from '../breaker-store.ts';
import { openPostgresTables } from './schema.ts';

const ONE = 'SELECT state FROM baton_breakers WHERE team = $1 AND agent = $2 AND agent_version = $3';

/** What a row says before anything has happened; made first, so that there is a row to lock. */
const UNKNOWN = '{"kind":"closed","failures":[]}';

/** Circuit breakers in PostgreSQL: a change locks its row. */
export async function openPostgresBreakerStore(url: string): Promise<BreakerStore> {
  const { database, close } = await openPostgresTables('breakers', url);
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return breakerStore({
    read: async ({ team, agent, agentVersion }) => {
      const { rows } = await database.query(ONE, [team, agent, agentVersion]);
      return textOf(rows[0]?.[0]);
    },
    change: ({ team, agent, agentVersion }, work) =>
      database.transact(async (query) => {
        const name = [team, agent, agentVersion];
        await query('INSERT INTO baton_breakers VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
          ...name,
          UNKNOWN,
        ]);
        const { rows } = await query(`${ONE} FOR UPDATE`, name);
        const next = work(textOf(rows[0]?.[0]));
        if (!next) return;
        await query(
          'UPDATE baton_breakers SET state = $4 WHERE team = $1 AND agent = $2 AND agent_version = $3',
          [...name, next.state],
        );
        if (next.change !== undefined)
          await query('INSERT INTO baton_breaker_changes (team, change) VALUES ($1, $2)', [
            team,
            next.change,
          ]);
      }),
    list: async (team) => {
      const { rows } = await database.query(
        `SELECT team, agent, agent_version, state FROM baton_breakers WHERE $1::text IS NULL OR team = $1
          ORDER BY team, agent, agent_version`,
        [team ?? null],
      );
      return rows;
    },
    log: async (team, limit) => {
      const { rows } = await database.query(
        `SELECT change FROM baton_breaker_changes WHERE $1::text IS NULL OR team = $1
          ORDER BY sequence DESC LIMIT $2`,
        [team ?? null, limit],
      );
      return rows.map(([change]) => change);
    },
    close,
  });
}
