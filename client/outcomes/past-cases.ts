import { readFeedback } from '../cases/kept-feedback.ts';
import { listCases } from '../cases/list.ts';
import { rowsInHistory } from '../history/ledger-rows.ts';
import { readRunChain } from '../history/run-chain.ts';
import type { Access } from '../reach/access.ts';
import { accountOf, type PastCase } from './account.ts';
import { reportOn, type OutcomesReport } from './report.ts';

/** Which past cases. */
export interface PastCasesFilter {
  readonly tenant?: string;
  readonly team?: string;
  /** These, instead of the newest. */
  readonly caseIds?: readonly string[];
  /** At most so many, the newest first; 200 when absent, 1,000 at most. */
  readonly limit?: number;
}

/** Past cases as far as they can still be read. */
export interface PastCases {
  readonly cases: readonly PastCase[];
  /** Ids of those whose person was erased. */
  readonly erased: readonly string[];
}

const LIMIT = 200;

/**
 * Reads cases out of their histories, with what their users said of them where there is a context store. Needs no
 * worker.
 * @throws BatonError `INPUT_INVALID`, `CASE_UNKNOWN`, `SERVER_UNREACHABLE`
 */
export async function readPastCases(access: Access, filter: PastCasesFilter = {}): Promise<PastCases> {
  const { caseIds, limit = LIMIT, ...which } = filter;
  const ids = caseIds ?? (await listCases(access, { ...which, limit })).map((one) => one.caseId);
  const cases: PastCase[] = [];
  const erased: string[] = [];
  for (const caseId of ids) {
    const chain = await readRunChain(access, caseId);
    if (chain.erased) {
      erased.push(caseId);
      continue;
    }
    const { rows } = rowsInHistory(chain.runs.flatMap((run) => run.history.events ?? []));
    const feedback = await readFeedback(access, chain.trace);
    cases.push({ caseId, rows, ...(feedback ? { feedback } : {}) });
  }
  return { cases, erased };
}

/** Figures over past cases: how they ended, by which way, what rules did, what users said, how people decided. */
export async function reportOutcomes(
  access: Access,
  filter: PastCasesFilter = {},
): Promise<OutcomesReport & { readonly erased: number }> {
  const { cases, erased } = await readPastCases(access, filter);
  return { ...reportOn(cases.map(accountOf)), erased: erased.length };
}
