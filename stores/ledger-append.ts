import { BatonError, failure } from '../contract/failures.ts';
import { GENESIS_HASH, type LedgerRow } from '../contract/ledger.ts';
import type { OutboxEntry } from '../contract/ports.ts';
import { requireStorableName } from './storable.ts';

/** What a database must offer so that {@link appendRows} can do the rest. */
export interface LedgerTable {
  /**
   * Inserts rows that chain among themselves, in one transaction.
   * @param follows what the head of the trace must be, as `<sequence>:<hash>`
   * @param outbox entries that are written with them
   * @returns false, and nothing written, when the head is another or a place is taken
   */
  insert(rows: readonly LedgerRow[], follows: string, outbox: readonly OutboxEntry[]): Promise<boolean>;
  /** Rows after a sequence, in order, as one consistent view. */
  readAfter(trace: string, after: number): Promise<readonly LedgerRow[]>;
}

/** A retry loses a race only to another append of the same trace, and there are few of those. */
const ATTEMPTS = 5;

/** A head in one word, so that a database can compare it in the statement that inserts. */
function headMark(sequence: number, hash: string): string {
  return `${String(sequence)}:${hash}`;
}

/** The mark of a trace without rows. */
export const EMPTY_MARK = headMark(0, GENESIS_HASH);

/**
 * Appends rows of one trace (I9). Nearly always they are new and follow the head, which one conditional insert
 * settles; only when that writes nothing are the rows that stand there looked at.
 * @throws failures `LEDGER_DIVERGED` and `LEDGER_GAP` as {@link LedgerStore.append} says
 */
export async function appendRows(
  table: LedgerTable,
  rows: readonly LedgerRow[],
  outbox: readonly OutboxEntry[] = [],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  requireChain(rows);
  // What was appended before has been told of, or waits to be: only a row that is new brings its entry.
  const of = (added: readonly LedgerRow[]): readonly OutboxEntry[] =>
    outbox.filter((one) => added.some(({ sequence }) => sequence === one.sequence));
  if (await table.insert(rows, headMark(first.sequence - 1, first.previous), of(rows))) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await table.readAfter(first.trace, Math.max(0, first.sequence - 2));
    const missing = withoutStored(rows, stored);
    const [next] = missing;
    if (next === undefined) return;
    requireFollows(next, stored.at(-1));
    if (await table.insert(missing, headMark(next.sequence - 1, next.previous), of(missing))) return;
  }
  throw new BatonError(failure('STORE_UNAVAILABLE', `others keep appending to trace ${first.trace}`));
}

/** The rows must be one piece of one chain: what a store cannot place it does not take. */
function requireChain(rows: readonly LedgerRow[]): void {
  for (const [index, row] of rows.entries()) {
    requireStorableName('trace', row.trace);
    requireStorableName('owner', row.owner);
    const before = rows[index - 1];
    if (before === undefined) continue;
    if (row.trace !== before.trace) {
      throw new BatonError(
        failure('INPUT_INVALID', `rows of two traces, ${before.trace} and ${row.trace}`, 'trace'),
      );
    }
    if (row.sequence !== before.sequence + 1) {
      throw gap(row, `row ${String(before.sequence)} before it in the same append`);
    }
    if (row.previous !== before.hash)
      throw diverged(before, `row ${String(row.sequence)} names ${row.previous}`);
  }
}

function withoutStored(rows: readonly LedgerRow[], stored: readonly LedgerRow[]): readonly LedgerRow[] {
  const hashes = new Map(stored.map(({ sequence, hash }) => [sequence, hash]));
  return rows.filter((row) => {
    const hash = hashes.get(row.sequence);
    if (hash !== undefined && hash !== row.hash) throw diverged(row, `the stored row has hash ${hash}`);
    return hash === undefined;
  });
}

function requireFollows(row: LedgerRow, head: LedgerRow | undefined): void {
  if (row.sequence !== (head?.sequence ?? 0) + 1) {
    throw gap(row, head === undefined ? 'no row near it' : `head ${String(head.sequence)}`);
  }
  if (row.previous !== (head?.hash ?? GENESIS_HASH)) {
    throw diverged(
      row,
      `it names ${row.previous} as its predecessor, which has ${head?.hash ?? GENESIS_HASH}`,
    );
  }
}

function gap(row: LedgerRow, found: string): BatonError {
  return new BatonError(
    failure('LEDGER_GAP', `row ${String(row.sequence)} of trace ${row.trace}, found ${found}`),
  );
}

function diverged(row: LedgerRow, found: string): BatonError {
  const place = `row ${String(row.sequence)} of trace ${row.trace} has hash ${row.hash}`;
  return new BatonError(failure('LEDGER_DIVERGED', `${place}, ${found}`));
}
