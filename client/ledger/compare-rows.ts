import type { LedgerFault, LedgerHead, LedgerRow } from '../../contract/ledger.ts';
import { findLedgerFault } from '../../contract/ledger.ts';
import type { RowsInHistory } from '../history/ledger-rows.ts';

/** Something wrong with a ledger, and on which side it stands. */
export interface VerifyFault {
  readonly sequence: number;
  /** `lost` rows are in the history and were in the store; `unknown` ones are in the store alone. */
  readonly problem: LedgerFault['problem'] | 'lost' | 'unknown' | 'contradicted';
  readonly where: 'store' | 'history';
  readonly detail: string;
}

/** Both sides of a comparison. */
export interface Sides {
  readonly trace: string;
  readonly stored: readonly LedgerRow[];
  readonly history: RowsInHistory;
  readonly closed: boolean;
  /** Head that the result of a closed case names. */
  readonly anchor?: LedgerHead | undefined;
}

/**
 * Holds a store's rows against those of the history, first fault of each kind first. The store of an open case may
 * lag behind the history, but not behind what activities have reported to be recorded.
 */
export function compareRows(sides: Sides): readonly VerifyFault[] {
  const { trace, stored, history, closed, anchor } = sides;
  const faults: VerifyFault[] = [];
  const inStore = findLedgerFault(trace, stored);
  if (inStore) faults.push({ ...inStore, where: 'store' });
  const inHistory = findLedgerFault(trace, history.rows);
  if (inHistory) faults.push({ ...inHistory, where: 'history' });
  for (const sequence of history.contradictions) {
    const detail = 'the history has two different rows of this number';
    faults.push({ sequence, problem: 'contradicted', where: 'history', detail });
  }

  const known = new Map(history.rows.map((row) => [row.sequence, row.hash]));
  const strange = stored.find((row) => known.get(row.sequence) !== row.hash);
  if (strange && strange.sequence !== inStore?.sequence) {
    const other = known.has(strange.sequence);
    faults.push({
      sequence: strange.sequence,
      problem: other ? 'changed' : 'unknown',
      where: 'store',
      detail: other ? 'the history has another row of this number' : 'the history has no row of this number',
    });
  }

  const head = stored.at(-1)?.sequence ?? 0;
  const due = closed ? (anchor?.sequence ?? history.rows.at(-1)?.sequence ?? 0) : history.recordedThrough;
  if (head < due) {
    const detail = `the store ends at row ${String(head)}, and had ${String(due)}`;
    faults.push({ sequence: head + 1, problem: 'lost', where: 'store', detail });
  }
  const anchored = anchor && known.get(anchor.sequence);
  if (anchor && anchored !== anchor.hash) {
    const detail = 'the result of the case names another last row than the history has';
    faults.push({ sequence: anchor.sequence, problem: 'contradicted', where: 'history', detail });
  }
  return faults;
}
