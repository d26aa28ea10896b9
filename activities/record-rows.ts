import type { LedgerRow } from '../contract/ledger.ts';
import { isBatonError } from '../contract/failures.ts';
import type { LedgerStore } from '../contract/ports.ts';

/**
 * Appends the rows that came along, before anything else is done. A store that cannot be reached does not stop the
 * work: the case keeps the rows and sends them again, and `record` insists before anything ends.
 * @returns the last sequence that is safely in the store, 0 when it could not be reached
 */
export async function recordRows(ledger: LedgerStore, rows: readonly LedgerRow[]): Promise<number> {
  const last = rows.at(-1);
  if (!last) return 0;
  try {
    await ledger.append(rows);
    return last.sequence;
  } catch (error) {
    if (isBatonError(error) && error.code === 'STORE_UNAVAILABLE') return 0;
    throw error;
  }
}
