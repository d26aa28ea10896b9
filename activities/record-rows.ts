import type { Recorded } from '../contract/activities.ts';
import type { LedgerRow } from '../contract/ledger.ts';
import { isBatonError } from '../contract/failures.ts';
import type { LedgerStore } from '../contract/ports.ts';

/**
 * Appends the rows that came along, before anything else is done. A store that cannot be reached does not stop the
 * work: the case keeps the rows and sends them again, and `record` insists before anything ends.
 * @returns the last row that is safely in the store, 0 when it could not be reached
 */
export async function recordRows(
  ledger: LedgerStore,
  {
    rows,
    caseId,
    team,
  }: { readonly rows: readonly LedgerRow[]; readonly caseId: string; readonly team: string },
): Promise<Recorded> {
  const last = rows.at(-1);
  if (!last) return NOTHING;
  try {
    await ledger.append(rows, { caseId, team });
    return recordedOf(last);
  } catch (error) {
    if (isBatonError(error) && error.code === 'STORE_UNAVAILABLE') return NOTHING;
    throw error;
  }
}

/** Nothing is known to be recorded. */
export const NOTHING: Recorded = { recordedThrough: 0 };

/** The store has this row, and all before it. */
export function recordedOf(last: LedgerRow | undefined): Recorded {
  return last ? { recordedThrough: last.sequence, recordedHash: last.hash } : NOTHING;
}
