import type { JsonObject } from '../../contract/json.ts';
import { GENESIS_HASH, ledgerHash, type LedgerRow } from '../../contract/ledger.ts';

/** A sound chain of rows, one for each content. */
export function chainOf(trace: string, contents: readonly JsonObject[], after?: LedgerRow): LedgerRow[] {
  const rows: LedgerRow[] = [];
  let previous = after?.hash ?? GENESIS_HASH;
  let sequence = after?.sequence ?? 0;
  for (const content of contents) {
    sequence += 1;
    const row = {
      version: '1.0.0',
      trace,
      sequence,
      previous,
      at: '2025-03-01T10:00:00.000Z',
      kind: 'turn-completed',
      owner: 'billing',
      content,
    } as const;
    const hash = ledgerHash(row);
    rows.push({ ...row, hash });
    previous = hash;
  }
  return rows;
}

/** A sound chain of a given length. */
export function chainOfLength(trace: string, length: number): LedgerRow[] {
  return chainOf(
    trace,
    Array.from({ length }, (_, index) => ({ turn: index + 1 })),
  );
}
