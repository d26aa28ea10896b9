import type { WorkflowExecutionDescription } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { offlineStatus } from '../../client/cases/offline-status.ts';
import type { CaseStatus } from '../../contract/case.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { LedgerKind, LedgerRow } from '../../contract/ledger.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';

const row = (kind: LedgerKind, owner: string, content: JsonObject = {}): LedgerRow => ({
  version: '1.0.0',
  trace: 'trace',
  sequence: 1,
  previous: '',
  at: '2026-11-21T10:00:00.000Z',
  kind,
  owner,
  content,
  hash: '',
});

const chain = [
  row('team-pinned', 'triage'),
  row('handoff-offered', 'triage', { handoffId: 'h1', verb: 'transfer' }),
  row('handoff-accepted', 'billing', { handoffId: 'h1' }),
  row('handoff-offered', 'billing', { handoffId: 'h2', verb: 'transfer' }),
];

function statusOf(
  told: Pick<CaseStatus, 'owner' | 'stage' | 'hops' | 'waitingOn'>,
  rows: readonly LedgerRow[],
): CaseStatus {
  const typedSearchAttributes = new TypedSearchAttributes([
    { key: SEARCH_ATTRIBUTES.team, value: 'desk' },
    { key: SEARCH_ATTRIBUTES.owner, value: told.owner },
    { key: SEARCH_ATTRIBUTES.stage, value: told.stage },
    { key: SEARCH_ATTRIBUTES.hops, value: told.hops },
    { key: SEARCH_ATTRIBUTES.waitingOn, value: told.waitingOn },
  ]);
  const status = { name: 'RUNNING' } as WorkflowExecutionDescription['status'];
  return offlineStatus({ caseId: 'c', trace: 'trace', description: { typedSearchAttributes, status }, rows });
}

test('search attributes that trail a chain of handoffs give way to the rows', () => {
  const told = { owner: 'triage', stage: 'working', hops: 0, waitingOn: 'nobody' } as const;
  expect(statusOf(told, chain)).toMatchObject({ owner: 'billing', stage: 'pending', hops: 1 });
  const closed = [
    ...chain,
    row('handoff-accepted', 'legal', { handoffId: 'h2' }),
    row('case-closed', 'legal'),
  ];
  expect(statusOf(told, closed)).toMatchObject({ owner: 'legal', stage: 'closing', hops: 2 });
});

test('search attributes that tell of more than the rows stand', () => {
  const accepted = { owner: 'legal', stage: 'working', hops: 2, waitingOn: 'nobody' } as const;
  expect(statusOf(accepted, chain)).toMatchObject(accepted);
  const taken = { owner: 'people:finance', stage: 'human', hops: 1, waitingOn: 'people:finance' } as const;
  expect(statusOf(taken, chain)).toMatchObject(taken);
});
