import pg from 'pg';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore, OutboxEntry } from '../../contract/ports.ts';
import { appendRows, EMPTY_MARK } from '../ledger-append.ts';
import { ledgerColumns, parseLedgerRow } from '../ledger-row.ts';
import { openPostgresTables } from './schema.ts';

const COLUMNS = 'trace, sequence, version, previous, at, kind, owner, content, hash';
const TYPES = ['text', 'integer', 'text', 'text', 'text', 'text', 'text', 'text', 'text'];
const LISTS = TYPES.map((type, index) => `$${String(index + 1)}::${type}[]`).join(', ');
/** One statement, so one transaction and one round trip. A place that is taken fails all of it. */
const INSERT = `INSERT INTO baton_ledger (${COLUMNS}) SELECT * FROM unnest(${LISTS})
  WHERE $10 = coalesce(
    (SELECT sequence || ':' || hash FROM baton_ledger WHERE trace = $11 ORDER BY sequence DESC LIMIT 1), $12)`;
/** The same with entries of the outbox, which are written where the rows are. */
const INSERT_BOTH = `WITH added AS (${INSERT} RETURNING sequence),
  told AS (INSERT INTO baton_outbox (trace, sequence, body)
    SELECT * FROM unnest($13::text[], $14::integer[], $15::text[]) WHERE EXISTS (SELECT 1 FROM added)
    ON CONFLICT DO NOTHING)
  SELECT count(*)::integer FROM added`;
const READ = `SELECT ${COLUMNS} FROM baton_ledger WHERE trace = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`;
const HEAD = 'SELECT sequence, hash FROM baton_ledger WHERE trace = $1 ORDER BY sequence DESC LIMIT 1';
const UNIQUE_VIOLATION = '23505';

/** The ledger in PostgreSQL. */
export async function openPostgresLedgerStore(url: string): Promise<LedgerStore> {
  const { database, close } = await openPostgresTables('ledger', url);
  const read = async (trace: string, after: number, limit: number | null): Promise<readonly LedgerRow[]> => {
    const { rows } = await database.query(READ, [trace, after, limit]);
    return rows.map(parseLedgerRow);
  };
  const insert = async (
    rows: readonly LedgerRow[],
    follows: string,
    outbox: readonly OutboxEntry[],
  ): Promise<boolean> => {
    const columns = rows.map(ledgerColumns);
    const lists = TYPES.map((_, index) => columns.map((values) => values[index]));
    try {
      const values = [...lists, follows, rows[0]?.trace, EMPTY_MARK];
      if (outbox.length === 0) return (await database.query(INSERT, values)).count === rows.length;
      const { rows: counted } = await database.query(INSERT_BOTH, [
        ...values,
        outbox.map(({ trace }) => trace),
        outbox.map(({ sequence }) => sequence),
        outbox.map(({ body }) => body),
      ]);
      return counted[0]?.[0] === rows.length;
    } catch (thrown) {
      if (thrown instanceof pg.DatabaseError && thrown.code === UNIQUE_VIOLATION) return false;
      throw thrown;
    }
  };
  const table = { insert, readAfter: (trace: string, after: number) => read(trace, after, null) };
  return {
    append: (rows, along) => appendRows(table, rows, along?.outbox),
    read: (trace, range) => read(trace, range?.after ?? 0, range?.limit ?? null),
    head: async (trace) => {
      const { rows } = await database.query(HEAD, [trace]);
      const [sequence, hash] = rows[0] ?? [];
      return typeof sequence === 'number' && typeof hash === 'string' ? { sequence, hash } : undefined;
    },
    close,
  };
}
