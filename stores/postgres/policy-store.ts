import type { PolicyStore } from '../../contract/ports.ts';
import { listedOf, POLICY_COLUMNS, publishedOf, requireSameDigest, rowOfPolicy } from '../policy-row.ts';
import { openPostgresTables } from './schema.ts';

const CURRENT = `SELECT c.policy_version FROM baton_policy_choices c WHERE c.team = p.team
  ORDER BY c.sequence DESC LIMIT 1`;

/** Policies by version in PostgreSQL. */
export async function openPostgresPolicyStore(url: string): Promise<PolicyStore> {
  const { database, close } = await openPostgresTables('policies', url);
  const one = async (where: string, parameters: readonly string[]): ReturnType<PolicyStore['get']> => {
    const { rows } = await database.query(
      `SELECT ${POLICY_COLUMNS} FROM baton_policies p WHERE ${where}`,
      parameters,
    );
    return rows[0] && publishedOf(rows[0]);
  };
  return {
    publish: async (asked) => {
      const row = rowOfPolicy(asked);
      const [team = '', version = ''] = row;
      const kept = await database.transact(async (query) => {
        await query(
          `INSERT INTO baton_policies (${POLICY_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
          row,
        );
        const { rows } = await query(
          `SELECT ${POLICY_COLUMNS} FROM baton_policies WHERE team = $1 AND policy_version = $2`,
          [team, version],
        );
        const there = rows[0] ?? [];
        requireSameDigest(row, there[2]);
        await query(
          `INSERT INTO baton_policy_choices (team, policy_version, chosen_at, chosen_by) VALUES ($1, $2, $3, $4)`,
          [team, version, asked.publishedAt, asked.publishedBy],
        );
        return there;
      });
      return publishedOf(kept);
    },
    get: (team, version) => one('p.team = $1 AND p.policy_version = $2', [team, version]),
    current: (team) => one(`p.team = $1 AND p.policy_version = (${CURRENT})`, [team]),
    list: async (team) => {
      const { rows } = await database.query(
        `SELECT team, policy_version, digest, published_at, published_by, (${CURRENT}) FROM baton_policies p
          WHERE $1::text IS NULL OR team = $1 ORDER BY p.team, p.published_at DESC, p.policy_version DESC`,
        [team ?? null],
      );
      return rows.map(listedOf);
    },
    close,
  };
}
