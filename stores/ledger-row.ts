import type { LedgerRow } from '../contract/ledger.ts';
import type { JsonObject } from '../contract/json.ts';

/** A row as a table keeps it, in the order trace, sequence, version, previous, at, kind, owner, content, hash. */
export function ledgerColumns(row: LedgerRow): readonly (string | number)[] {
  const { trace, sequence, version, previous, at, kind, owner, content, hash } = row;
  return [trace, sequence, version, previous, at, kind, owner, JSON.stringify(content), hash];
}

/**
 * A row as it was appended. Nothing is checked here: a row that somebody has edited in the database must come out as
 * it stands there, so that `findLedgerFault` can name it.
 */
export function parseLedgerRow(columns: readonly unknown[]): LedgerRow {
  const [trace, sequence, version, previous, at, kind, owner, content, hash] = columns;
  return {
    version,
    trace,
    sequence,
    previous,
    at,
    kind,
    owner,
    content: parseContent(String(content)),
    hash,
  } as LedgerRow;
}

function parseContent(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return { unreadable: text };
  }
}
