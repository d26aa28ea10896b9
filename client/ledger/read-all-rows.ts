import type { LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';

const ROWS_AT_ONCE = 500;

/** All rows of a trace, in order, a page at a time. */
export async function readAllRows(ledger: LedgerStore, trace: string): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (;;) {
    const page = await ledger.read(trace, { after: rows.at(-1)?.sequence ?? 0, limit: ROWS_AT_ONCE });
    rows.push(...page);
    if (page.length < ROWS_AT_ONCE) return rows;
  }
}
