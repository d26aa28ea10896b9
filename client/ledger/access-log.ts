import { randomUUID } from 'node:crypto';
import type { CaseView } from '../../contract/case.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerFault, LedgerRow } from '../../contract/ledger.ts';
import { findLedgerFault, GENESIS_HASH, ledgerHash } from '../../contract/ledger.ts';
import type { ContextStore, LedgerStore } from '../../contract/ports.ts';
import { readAllRows } from './read-all-rows.ts';

/** An append loses a race only to another look at the same closed case, and there are few of those. */
const ATTEMPTS = 5;

/** What the access log of a closed case says, and whether it is sound. */
export interface AccessLog {
  readonly rows: number;
  readonly fault?: LedgerFault;
}

/**
 * Under which the ledger store keeps who looked behind the masks of a closed case. A chain of its own: a closed
 * case's ledger is anchored by its result and takes no row any more (I9).
 */
export function accessTrace(trace: string): string {
  return `${trace}:access`;
}

/** Writes a look into the access log of a closed case. @returns the row, numbered from 1 */
export async function logAccess(
  ledger: LedgerStore,
  { trace, owner }: Pick<CaseView, 'trace' | 'owner'>,
  content: JsonObject,
): Promise<LedgerRow> {
  const log = accessTrace(trace);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const head = await ledger.head(log);
    const unhashed = {
      version: '1.0.0',
      trace: log,
      sequence: (head?.sequence ?? 0) + 1,
      previous: head?.hash ?? GENESIS_HASH,
      at: new Date().toISOString(),
      kind: 'unmask-granted',
      owner,
      // Two looks within one millisecond are two rows.
      content: { ...content, use: randomUUID() },
    } as const;
    const row: LedgerRow = { ...unhashed, hash: ledgerHash(unhashed) };
    try {
      await ledger.append([row]);
      return row;
    } catch (thrown) {
      if (!isBatonError(thrown) || (thrown.code !== 'LEDGER_DIVERGED' && thrown.code !== 'LEDGER_GAP'))
        throw thrown;
    }
  }
  throw new BatonError(failure('STORE_UNAVAILABLE', `others keep writing to the access log of ${trace}`));
}

/**
 * Checks the access log of a case: its chain, and that it is as long as the context store knows, which keeps a mark
 * of every look.
 */
export async function checkAccessLog(
  ledger: LedgerStore,
  context: ContextStore | undefined,
  trace: string,
): Promise<AccessLog> {
  const log = accessTrace(trace);
  const rows = await readAllRows(ledger, log);
  const fault = findLedgerFault(log, rows) ?? (await findLostTail(context, trace, rows.length));
  return { rows: rows.length, ...(fault ? { fault } : {}) };
}

async function findLostTail(
  context: ContextStore | undefined,
  trace: string,
  rows: number,
): Promise<LedgerFault | undefined> {
  const { references } = (await context?.inventory(trace)) ?? { references: [] };
  const marks = references.flatMap(({ key }) => {
    const number = /^grant:a(\d+)$/.exec(key)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  const last = Math.max(0, ...marks);
  if (last <= rows) return undefined;
  const detail = `the log ends at row ${String(rows)}, and look ${String(last)} was taken`;
  return { sequence: rows + 1, problem: 'missing', detail };
}
