import type { LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore, OutboxEntry } from '../../contract/ports.ts';
import { appendRows, EMPTY_MARK } from '../ledger-append.ts';
import { ledgerColumns, parseLedgerRow } from '../ledger-row.ts';
import type { EmbeddedOptions } from './database.ts';
import type { SqlParameter } from './protocol.ts';
import { openEmbeddedTables } from './schema.ts';

const COLUMNS = 'trace, sequence, version, previous, at, kind, owner, content, hash';
const INSERT = `INSERT INTO baton_ledger (${COLUMNS})`;
const INSERT_FIRST = `${INSERT} SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
  WHERE ?10 = coalesce(
    (SELECT sequence || ':' || hash FROM baton_ledger WHERE trace = ?1 ORDER BY sequence DESC LIMIT 1), ?11)`;
const INSERT_NEXT = `${INSERT} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ANNOUNCE = 'INSERT OR IGNORE INTO baton_outbox (trace, sequence, body) VALUES (?, ?, ?)';
const READ = `SELECT ${COLUMNS} FROM baton_ledger WHERE trace = ? AND sequence > ? ORDER BY sequence LIMIT ?`;
const HEAD = 'SELECT sequence, hash FROM baton_ledger WHERE trace = ? ORDER BY sequence DESC LIMIT 1';
const NO_LIMIT = -1;

/** The ledger in a SQLite file. */
export async function openEmbeddedLedgerStore(file: string, options?: EmbeddedOptions): Promise<LedgerStore> {
  const { database, close } = await openEmbeddedTables('ledger', file, options);
  const read = async (trace: string, after: number, limit: number): Promise<readonly LedgerRow[]> => {
    const [result] = await database.read([{ sql: READ, parameters: [trace, after, limit] }]);
    return (result?.rows ?? []).map(parseLedgerRow);
  };
  const insert = async (
    rows: readonly LedgerRow[],
    follows: string,
    outbox: readonly OutboxEntry[],
  ): Promise<boolean> => {
    const [first, ...others] = rows.map(ledgerColumns) as readonly (readonly SqlParameter[])[];
    if (first === undefined) return true;
    // A row that follows the head finds its place free, and those after it theirs.
    return database.atomic([
      { sql: INSERT_FIRST, parameters: [...first, follows, EMPTY_MARK], expect: 1 },
      ...(others.length === 0 ? [] : [{ sql: INSERT_NEXT, each: others, expect: others.length }]),
      ...(outbox.length === 0
        ? []
        : [{ sql: ANNOUNCE, each: outbox.map(({ trace, sequence, body }) => [trace, sequence, body]) }]),
    ]);
  };
  const table = { insert, readAfter: (trace: string, after: number) => read(trace, after, NO_LIMIT) };
  return {
    append: (rows, along) => appendRows(table, rows, along?.outbox),
    read: (trace, range) => read(trace, range?.after ?? 0, range?.limit ?? NO_LIMIT),
    head: async (trace) => {
      const [result] = await database.read([{ sql: HEAD, parameters: [trace] }]);
      const [sequence, hash] = result?.rows[0] ?? [];
      return typeof sequence === 'number' && typeof hash === 'string' ? { sequence, hash } : undefined;
    },
    close,
  };
}
