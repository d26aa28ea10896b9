import type { BatonClient } from '../../client/index.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { caseReplays } from '../replay/replay-case.ts';

/**
 * Why a closed case is no audited success: it failed; it ended with something only partly taken back; work of it was
 * parked for a person on the way; its ledger is not what its history says; it does not replay.
 */
export type AuditFault = 'failed' | 'partly-compensated' | 'parked' | 'ledger' | 'replay';

/** The audit of past cases. */
export interface AuditReport {
  readonly closed: number;
  /** Cases that have not ended: they are neither. */
  readonly open: number;
  /** Cases whose history was erased with their person: nobody can say any more. */
  readonly erased: number;
  readonly succeeded: number;
  /** Of the closed ones, 0 to 1, to four decimals, rounded down; absent where none is closed. */
  readonly share?: number;
  /** Closed cases that did not succeed, each with everything that is wrong with it. */
  readonly faults: readonly { readonly caseId: string; readonly faults: readonly AuditFault[] }[];
}

type Audited = Pick<BatonClient, 'pastCases' | 'verify' | 'histories'>;

/**
 * Audits past cases: how they ended by their own rows, whether the ledger holds against the history, and whether the
 * history replays, plain and strict (I9, I10). Needs no worker.
 * @throws what `pastCases`, `verify` and `histories` of the client throw
 */
export async function auditCases(
  baton: Audited,
  filter: Parameters<BatonClient['pastCases']>[0],
): Promise<AuditReport> {
  const { cases, erased } = await baton.pastCases(filter);
  const closed = cases.filter(({ rows }) => rows.at(-1)?.kind === 'case-closed');
  const faults: { caseId: string; faults: readonly AuditFault[] }[] = [];
  for (const { caseId, rows } of closed) {
    const found = [...endingFaults(rows), ...(await recordFaults(baton, caseId))];
    if (found.length > 0) faults.push({ caseId, faults: found });
  }
  const succeeded = closed.length - faults.length;
  return {
    closed: closed.length,
    open: cases.length - closed.length,
    erased: erased.length,
    succeeded,
    ...(closed.length === 0 ? {} : { share: Math.floor((succeeded / closed.length) * 10_000) / 10_000 }),
    faults,
  };
}

/** What the rows of a closed case say of its end: finished, or cancelled with everything seen to, and never parked. */
export function endingFaults(rows: readonly LedgerRow[]): readonly AuditFault[] {
  const { outcome, saga } = rows.at(-1)?.content ?? {};
  const kind = isJsonObject(outcome) ? outcome['kind'] : undefined;
  return [
    ...(kind === 'finished' || kind === 'cancelled' ? [] : (['failed'] as const)),
    ...(saga === 'partly-compensated' ? (['partly-compensated'] as const) : []),
    ...(rows.some((row) => row.kind === 'dead-letter-opened') ? (['parked'] as const) : []),
  ];
}

async function recordFaults(baton: Audited, caseId: string): Promise<readonly AuditFault[]> {
  const { ok, anchored } = await baton.verify(caseId);
  const { runs } = await baton.histories(caseId);
  const replays = await caseReplays(
    caseId,
    runs.map((run) => run.history),
  );
  return [...(ok && anchored ? [] : (['ledger'] as const)), ...(replays ? [] : (['replay'] as const))];
}
