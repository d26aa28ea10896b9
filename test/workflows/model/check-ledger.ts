import { GENESIS_HASH, ledgerHash, type LedgerRow } from '../../../contract/ledger.ts';
import type { Check } from './play.ts';
import { holds } from './holds.ts';

/** I9: rows are numbered without gaps and chained; the state keeps those that no store is known to have. */
export function createLedgerCheck(): Check {
  const all: LedgerRow[] = [];
  return ({ before, after, rows, world, now }) => {
    for (const row of rows) {
      const last = all.at(-1);
      holds(row.sequence === (last?.sequence ?? 0) + 1, `I9: row ${String(row.sequence)} leaves a gap`);
      holds(row.previous === (last?.hash ?? GENESIS_HASH), `I9: row ${String(row.sequence)} is not chained`);
      holds(
        row.hash === ledgerHash(row),
        `I9: row ${String(row.sequence)} has another hash than its content`,
      );
      all.push(row);
    }
    holds(after.ledger.sequence === all.length, 'I9: the head is not the last row');
    holds(after.ledger.hash === (all.at(-1)?.hash ?? after.ledger.hash), 'I9: the head has another hash');
    const first = after.rows[0];
    holds(
      first === undefined || first.sequence <= world.store.length + 1,
      'I9: a row was dropped that the store does not have',
    );
    holds(
      after.rows.every((row, index) => row.sequence === (first?.sequence ?? 0) + index),
      'I9: the rows that wait are not in order',
    );
    for (const row of rows) holds(Date.parse(row.at) === now, 'I9: a row has another time than its decision');
    const closed = all.findIndex((row) => row.kind === 'case-closed');
    if (closed >= 0 && before.stage !== 'closing')
      holds(closed === all.length - 1, 'I9: a row was written after the closing one');
    if (before.work.kind === 'closed') holds(rows.length === 0, 'I9: a closed case writes rows');
  };
}
