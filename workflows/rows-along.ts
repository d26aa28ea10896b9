import type { LedgerRow } from '../contract/ledger.ts';
import { ROWS_BYTES, ROWS_PER_ACTIVITY } from '../contract/limits.ts';
import { jsonBytes } from '../contract/json-bytes.ts';

/** So few rows are below any limit, whatever they say: measuring them would cost more than sending them. */
const FEW = 4;

/**
 * The rows that travel with the next activity: from the first that no store is known to have, as many as fit. A
 * backlog of a store that was down must not make an input that terminates the workflow (X11).
 */
export function rowsAlong(rows: readonly LedgerRow[]): readonly LedgerRow[] {
  if (rows.length <= FEW) return rows;
  let bytes = 0;
  let count = 0;
  for (const row of rows.slice(0, ROWS_PER_ACTIVITY)) {
    bytes += jsonBytes(row);
    if (count > 0 && bytes > ROWS_BYTES) break;
    count += 1;
  }
  return rows.slice(0, count);
}
