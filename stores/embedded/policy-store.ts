import type { PolicyStore } from '../../contract/ports.ts';
import { listedOf, POLICY_COLUMNS, publishedOf, requireSameDigest, rowOfPolicy } from '../policy-row.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

const CURRENT = `SELECT c.policy_version FROM baton_policy_choices c WHERE c.team = p.team
  ORDER BY c.sequence DESC LIMIT 1`;

/** Policies by version in a SQLite file. */
export async function openEmbeddedPolicyStore(file: string, options?: EmbeddedOptions): Promise<PolicyStore> {
  const { database, close } = await openEmbeddedTables('policies', file, options);
  const one = async (where: string, parameters: readonly string[]): ReturnType<PolicyStore['get']> => {
    const sql = `SELECT ${POLICY_COLUMNS} FROM baton_policies p WHERE ${where}`;
    const [result] = await database.read([{ sql, parameters }]);
    const row = result?.rows[0];
    return row && publishedOf(row);
  };
  return {
    publish: async (asked) => {
      const row = rowOfPolicy(asked);
      const [team = '', version = ''] = row;
      const kept = await database.transact(async ({ run }) => {
        const [, found] = await run([
          {
            sql: `INSERT OR IGNORE INTO baton_policies (${POLICY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`,
            parameters: row,
          },
          {
            sql: `SELECT ${POLICY_COLUMNS} FROM baton_policies WHERE team = ? AND policy_version = ?`,
            parameters: [team, version],
          },
        ]);
        const there = found?.rows[0] ?? [];
        requireSameDigest(row, there[2]);
        await run([
          {
            sql: `INSERT INTO baton_policy_choices (team, policy_version, chosen_at, chosen_by) VALUES (?, ?, ?, ?)`,
            parameters: [team, version, asked.publishedAt, asked.publishedBy],
          },
        ]);
        return there;
      });
      return publishedOf(kept);
    },
    get: (team, version) => one('p.team = ? AND p.policy_version = ?', [team, version]),
    current: (team) => one(`p.team = ? AND p.policy_version = (${CURRENT})`, [team]),
    list: async (team) => {
      const [result] = await database.read([
        {
          sql: `SELECT team, policy_version, digest, published_at, published_by, (${CURRENT}) FROM baton_policies p
            WHERE ? IS NULL OR team = ? ORDER BY p.team, p.published_at DESC, p.policy_version DESC`,
          parameters: [team ?? null, team ?? null],
        },
      ]);
      return (result?.rows ?? []).map(listedOf);
    },
    close,
  };
}
