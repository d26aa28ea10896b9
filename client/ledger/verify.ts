import { BatonError, failure } from '../../contract/failures.ts';
import type { LedgerHead, LedgerRow } from '../../contract/ledger.ts';
import { findLedgerFault } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import { readEnding } from '../cases/ending.ts';
import { rowsInHistory } from '../history/ledger-rows.ts';
import { readRunChain, type RunChain } from '../history/run-chain.ts';
import type { Access } from '../reach/access.ts';
import { checkAccessLog, type AccessLog } from './access-log.ts';
import { readAllRows } from './read-all-rows.ts';
import type { VerifyFault } from './compare-rows.ts';
import { compareRows } from './compare-rows.ts';

/** What verification found. */
export interface Verification {
  readonly caseId: string;
  readonly trace: string;
  /** Whether the history could be held against the ledger, or was erased with its person (M11). */
  readonly history: 'read' | 'erased';
  /**
   * No fault: the store has a sound chain that is a prefix of what the history says (I9). Of an erased history, the
   * chain alone is checked.
   */
  readonly ok: boolean;
  /** Whether the case has ended. */
  readonly closed: boolean;
  /** Rows in the store. */
  readonly rows: number;
  /** Rows of the history that the store has not got yet; 0 once a case has closed, or it is a fault. */
  readonly lag: number;
  /** The store ends on exactly the row that the result of the closed case names. */
  readonly anchored: boolean;
  readonly faults: readonly VerifyFault[];
  /** Rows that were appended again from the history. */
  readonly repaired: number;
  /** Who looked behind masks once the case was closed; absent where nobody did. */
  readonly accessLog?: AccessLog;
}

/**
 * Holds the ledger of a case against the history of its workflow (I9, F29). Needs no worker.
 * @param options `repair` appends rows that the store lost at its end, from the history; what was changed or lost
 * within is never written over
 * @throws BatonError `CONFIGURATION_INVALID` without a ledger, `CASE_UNKNOWN`, `SERVER_UNREACHABLE`,
 * `STORE_UNAVAILABLE`
 */
export async function verifyCase(
  access: Access,
  caseId: string,
  options: { readonly repair?: boolean } = {},
): Promise<Verification> {
  const ledger = ledgerOf(access);
  const verified = await verifyLedger(access, ledger, caseId, options);
  const looks = await checkAccessLog(ledger, access.context, verified.trace);
  return {
    ...verified,
    ok: verified.ok && !looks.fault,
    ...(looks.rows > 0 || looks.fault ? { accessLog: looks } : {}),
  };
}

async function verifyLedger(
  access: Access,
  ledger: LedgerStore,
  caseId: string,
  options: { readonly repair?: boolean },
): Promise<Verification> {
  // The store before the history: a row is in the history first, so the store read earlier is a prefix of it.
  const chain = await readRunChain(access, caseId);
  let stored = await readAllRows(ledger, chain.trace);
  const fresh = await readRunChain(access, caseId);
  if (fresh.erased) return verifyAlone(fresh, stored);
  const ending = fresh.closed ? await readEnding(access, caseId) : undefined;
  const history = rowsInHistory(fresh.runs.flatMap((run) => run.history.events ?? []));
  const anchor = ending?.result?.ledger;

  let repaired = 0;
  if (options.repair === true) {
    repaired = await appendLostTail(ledger, chain, stored, history.rows);
    if (repaired > 0) stored = await readAllRows(ledger, chain.trace);
  }
  const faults = compareRows({ trace: chain.trace, stored, history, closed: fresh.closed, anchor });
  const last = stored.at(-1);
  return {
    caseId,
    trace: chain.trace,
    history: 'read',
    ok: faults.length === 0,
    closed: fresh.closed,
    rows: stored.length,
    lag: Math.max(0, (history.rows.at(-1)?.sequence ?? 0) - (last?.sequence ?? 0)),
    anchored: anchor !== undefined && last !== undefined && isAt(last, anchor),
    faults,
    repaired,
  };
}

/** What can be said of a ledger whose history nobody can read: whether its chain is whole (M11). */
function verifyAlone({ caseId, trace, closed }: RunChain, stored: readonly LedgerRow[]): Verification {
  const fault = findLedgerFault(trace, stored, { erasedToo: true });
  return {
    caseId,
    trace,
    history: 'erased',
    ok: fault === undefined,
    closed,
    rows: stored.length,
    lag: 0,
    anchored: false,
    faults: fault ? [{ ...fault, where: 'store' }] : [],
    repaired: 0,
  };
}

/** The ledger of a client. @throws BatonError `CONFIGURATION_INVALID` when it was made without one */
export function ledgerOf({ ledger }: Access): LedgerStore {
  if (ledger) return ledger;
  const detail = 'this client was made without a ledger; give it one, or set BATON_LEDGER_URL';
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'ledger'));
}

function isAt(row: LedgerRow, head: LedgerHead): boolean {
  return row.sequence === head.sequence && row.hash === head.hash;
}

/** Appends what the history has beyond a sound store. */
async function appendLostTail(
  ledger: LedgerStore,
  { trace, caseId }: RunChain,
  stored: readonly LedgerRow[],
  inHistory: readonly LedgerRow[],
): Promise<number> {
  const lost = inHistory.filter((row) => row.sequence > (stored.at(-1)?.sequence ?? 0));
  if (lost.length === 0 || findLedgerFault(trace, stored) || findLedgerFault(trace, inHistory)) return 0;
  await ledger.append(lost, { caseId });
  return lost.length;
}
