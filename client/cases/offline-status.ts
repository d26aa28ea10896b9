import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { CaseStatus } from '../../contract/case.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { caseTransitions, type CaseStage } from '../../contract/lifecycle.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import type { Ending } from './ending.ts';

/** What is known of a case without asking its worker. */
export interface OfflineFacts {
  readonly caseId: string;
  readonly trace: string;
  readonly description: Pick<WorkflowExecutionDescription, 'typedSearchAttributes' | 'status'>;
  /** Rows that the history has. */
  readonly rows: readonly LedgerRow[];
  readonly ending?: Ending | undefined;
}

/**
 * The status of a case from search attributes, ledger rows and, where it has ended, its result. What the newest
 * workflow task changed without scheduling an activity may be missing from the rows; the search attributes are of
 * that task. Where a case is being handed on, or closes, they trail it, and the rows know more.
 */
export function offlineStatus(facts: OfflineFacts): CaseStatus {
  const { caseId, trace, description, rows, ending } = facts;
  const attributes = description.typedSearchAttributes;
  const text = (key: Parameters<typeof attributes.get>[0]): string => String(attributes.get(key) ?? '');
  const stage = text(SEARCH_ATTRIBUTES.stage);
  const closing = rows.findLast((row) => row.kind === 'case-closed');
  const result = ending?.result;
  const claim = rows.findLast(
    (row) =>
      row.kind === 'person-claimed' || row.kind === 'person-released' || row.kind === 'handoff-accepted',
  );
  const claimedBy = claim?.kind === 'person-claimed' ? claim.content['by'] : undefined;
  const told = {
    stage: isStage(stage) ? stage : 'opening',
    hops: attributes.get(SEARCH_ATTRIBUTES.hops) ?? 0,
  } as const;
  const owner = rows.at(-1)?.owner ?? '';
  const ahead = aheadOf(told, rows);
  return {
    version: '1.0.0',
    caseId,
    trace,
    team: text(SEARCH_ATTRIBUTES.team),
    stage: ending ? 'closed' : (ahead?.stage ?? told.stage),
    owner: (ahead ? '' : text(SEARCH_ATTRIBUTES.owner)) || owner,
    ...(typeof claimedBy === 'string' && !ending ? { claimedBy } : {}),
    hops: result?.hops ?? ahead?.hops ?? told.hops,
    path: result?.path ?? pathOf(rows),
    waitingOn: ending ? 'nobody' : text(SEARCH_ATTRIBUTES.waitingOn) || 'nobody',
    openReviews: ending
      ? 0
      : openOf(rows, 'reviewId', 'review-opened', ['review-decided', 'review-expired', 'review-withdrawn']),
    openDeadLetters: ending
      ? 0
      : openOf(rows, 'deadLetterId', 'dead-letter-opened', ['dead-letter-redriven', 'dead-letter-discarded']),
    ...(ending ? { outcome: ending.outcome } : {}),
    ...(result ? { saga: result.saga } : closing ? sagaOf(closing) : {}),
  };
}

function isStage(word: string): word is CaseStage {
  return Object.hasOwn(caseTransitions(), word);
}

/**
 * What the rows know and the search attributes were not told yet: an offer under way, and the closing of a case that
 * went from agent to agent. Whatever else the attributes tell of is newer than the last row.
 */
function aheadOf(
  told: { readonly stage: CaseStage; readonly hops: number },
  rows: readonly LedgerRow[],
): { readonly stage: CaseStage; readonly hops: number } | undefined {
  const last = rows.at(-1);
  const stage =
    last?.kind === 'handoff-offered' ? 'pending' : last?.kind === 'case-closed' ? 'closing' : undefined;
  const hops = hopsOf(rows);
  const amongAgents = told.stage === 'opening' || told.stage === 'working' || told.stage === 'pending';
  return stage !== undefined && amongAgents && hops >= told.hops ? { stage, hops } : undefined;
}

/** Changes of owner between agents: people are reached without a hop. */
function hopsOf(rows: readonly LedgerRow[]): number {
  const counted = new Set(
    rows
      .filter((row) => row.kind === 'handoff-offered')
      .filter(({ content: { verb } }) => verb === 'transfer' || verb === 'return')
      .map((row) => row.content['handoffId']),
  );
  return rows.filter((row) => row.kind === 'handoff-accepted' && counted.has(row.content['handoffId']))
    .length;
}

/** Owners in order, as the rows saw them change. */
function pathOf(rows: readonly LedgerRow[]): readonly string[] {
  const pinned = rows.findIndex((row) => row.kind === 'team-pinned');
  // Before its team is known nobody owns a case.
  return rows
    .slice(pinned < 0 ? rows.length : pinned)
    .map((row) => row.owner)
    .filter((owner, index, owners) => owner !== owners[index - 1]);
}

function openOf(
  rows: readonly LedgerRow[],
  idField: string,
  opened: LedgerRow['kind'],
  closed: readonly LedgerRow['kind'][],
): number {
  const open = new Set<unknown>();
  for (const row of rows) {
    if (row.kind === opened) open.add(row.content[idField]);
    if (closed.includes(row.kind)) open.delete(row.content[idField]);
  }
  return open.size;
}

function sagaOf(closing: LedgerRow): Pick<CaseStatus, 'saga'> {
  const { saga } = closing.content;
  return saga === 'kept' || saga === 'compensated' || saga === 'partly-compensated' ? { saga } : {};
}
