import { isJsonObject } from '../../contract/json.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { HistoryEvent } from './history.ts';
import { decodePayloads } from './payloads.ts';

/** What a history says of the ledger: it holds every row before a store does. */
export interface RowsInHistory {
  /** By sequence, ascending; each once. */
  readonly rows: readonly LedgerRow[];
  /** Sequences under which the history has two different rows; never, unless two histories claim one trace. */
  readonly contradictions: readonly number[];
  /** The last sequence that an activity reported to be safe in the store. */
  readonly recordedThrough: number;
}

/** Collects the ledger rows out of the inputs of a case's activities, over the events of all its runs. */
export function rowsInHistory(events: readonly HistoryEvent[]): RowsInHistory {
  const bySequence = new Map<number, LedgerRow>();
  const contradictions = new Set<number>();
  let recordedThrough = 0;
  for (const event of events) {
    for (const row of rowsOf(decodePayloads(event.activityTaskScheduledEventAttributes?.input)[0])) {
      const known = bySequence.get(row.sequence);
      if (known && known.hash !== row.hash) contradictions.add(row.sequence);
      else bySequence.set(row.sequence, row);
    }
    const [result] = decodePayloads(event.activityTaskCompletedEventAttributes?.result);
    const through = isJsonObject(result) ? result['recordedThrough'] : undefined;
    if (typeof through === 'number') recordedThrough = Math.max(recordedThrough, through);
  }
  const rows = [...bySequence.values()].sort((left, right) => left.sequence - right.sequence);
  return { rows, contradictions: [...contradictions], recordedThrough };
}

/** The rows that travelled with the input of one activity. */
export function rowsOf(input: JsonValue | undefined): readonly LedgerRow[] {
  const rows = isJsonObject(input) ? input['rows'] : undefined;
  return Array.isArray(rows) ? (rows as readonly unknown[]).filter(isRow) : [];
}

function isRow(value: unknown): value is LedgerRow {
  return isJsonObject(value) && typeof value['sequence'] === 'number' && typeof value['hash'] === 'string';
}
