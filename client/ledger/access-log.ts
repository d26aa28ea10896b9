import { randomUUID } from 'node:crypto';
import type { CaseView } from '../../contract/case.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import type { ContextReference } from '../../contract/context.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { LedgerFault, LedgerRow } from '../../contract/ledger.ts';
import { findLedgerFault, GENESIS_HASH, ledgerHash } from '../../contract/ledger.ts';
import type { ContextStore, LedgerStore } from '../../contract/ports.ts';
import { readAllRows } from './read-all-rows.ts';

/** An append loses a race only to another look at the same closed case, and there are few of those. */
const ATTEMPTS = 5;

/** What the access log of a closed case says, and whether it is sound. */
export interface AccessLog {
  readonly rows: number;
  /** Whether it was held against the looks that a context store knows: without one, a lost end would not show. */
  readonly anchored: boolean;
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
 * Checks the access log of a case: its chain, and that it has every look that the context store knows, which keeps a
 * mark of each with the hash of its row. So an end that was cut off shows, and a log that was written anew.
 */
export async function checkAccessLog(
  ledger: LedgerStore,
  context: ContextStore | undefined,
  trace: string,
): Promise<AccessLog> {
  const log = accessTrace(trace);
  const rows = await readAllRows(ledger, log);
  const fault = findLedgerFault(log, rows) ?? (context && (await findUnlike(context, trace, rows)));
  return { rows: rows.length, anchored: context !== undefined, ...(fault ? { fault } : {}) };
}

/** The first look that the log has not got, or has otherwise. */
async function findUnlike(
  context: ContextStore,
  trace: string,
  rows: readonly LedgerRow[],
): Promise<LedgerFault | undefined> {
  const { references } = await context.inventory(trace);
  const marks = references
    .flatMap((reference) => {
      const number = /^grant:a(\d+)$/.exec(reference.key)?.[1];
      return number === undefined ? [] : [{ look: Number(number), reference }];
    })
    .sort((left, right) => left.look - right.look);
  const last = marks.at(-1)?.look ?? 0;
  if (last > rows.length) {
    const detail = `the log ends at row ${String(rows.length)}, and look ${String(last)} was taken`;
    return { sequence: rows.length + 1, problem: 'missing', detail };
  }
  for (const { look, reference } of marks) {
    const hash = await hashOfMark(context, trace, reference);
    if (hash !== undefined && hash !== rows[look - 1]?.hash) {
      const detail = 'the look was taken under a row with another hash';
      return { sequence: look, problem: 'changed', detail };
    }
  }
  return undefined;
}

/** Undefined for a mark from before marks had hashes, and once its person was erased. */
async function hashOfMark(
  context: ContextStore,
  trace: string,
  reference: ContextReference,
): Promise<string | undefined> {
  try {
    const { values } = await context.read({ trace, values: [{ reference }] });
    const [mark] = values;
    const row = isJsonObject(mark) ? mark['row'] : undefined;
    return typeof row === 'string' ? row : undefined;
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'PERSON_ERASED') return undefined;
    throw thrown;
  }
}
