import {
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { visibilityQuery } from '../../client/cases/list.ts';
import { failureOf } from '../../client/reach/failure-of.ts';
import { newCaseId } from '../../client/reach/case-id.ts';
import { inertMarkdown } from '../../client/reach/inert-markdown.ts';

const asked = { address: 'temporal.example:7233', caseId: 'case-1' };

/** What the SDK throws for a gRPC status. */
function rpc(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(details), { code, details, metadata: {} });
  return new ServiceError('Something failed', { cause });
}
const refusal = ApplicationFailure.create({
  type: 'REVIEW_STALE',
  message: 'the digest is not that of what is under review',
  details: [{ code: 'REVIEW_STALE', message: 'x', field: 'digest' }],
});

test.each<[string, unknown, string, string]>([
  ['a refusal of the workflow', new WorkflowUpdateFailedError('x', refusal), 'REVIEW_STALE', 'the digest'],
  [
    'a failure nobody named',
    new WorkflowUpdateFailedError('x', ApplicationFailure.create({ type: 'Error', message: 'odd' })),
    'REQUEST_FORBIDDEN',
    'odd',
  ],
  [
    'an update left behind',
    new WorkflowUpdateFailedError(
      'x',
      ApplicationFailure.create({ type: 'AcceptedUpdateCompletedWorkflow', message: 'x' }),
    ),
    'CASE_CLOSED',
    'case-1',
  ],
  ['an aborted update', rpc(10, 'workflow update was aborted by closing workflow'), 'CASE_CLOSED', 'case-1'],
  [
    'a cancelled case',
    new WorkflowFailedError('x', new CancelledFailure('x'), 'NON_RETRYABLE_FAILURE'),
    'CASE_CLOSED',
    'cancelled',
  ],
  [
    'a terminated case',
    new WorkflowFailedError('x', new TerminatedFailure('by hand'), 'NON_RETRYABLE_FAILURE'),
    'CASE_CLOSED',
    'by hand',
  ],
  [
    'a missing case',
    new WorkflowNotFoundError('workflow not found', 'case-1', undefined),
    'CASE_UNKNOWN',
    'case-1',
  ],
  [
    'a closed case',
    new WorkflowNotFoundError('workflow execution already completed', 'case-1', undefined),
    'CASE_CLOSED',
    'case-1',
  ],
  ['no server', rpc(14, 'connection refused'), 'SERVER_UNREACHABLE', 'temporal.example:7233'],
  ['a slow server', rpc(4, 'deadline exceeded'), 'SERVER_UNREACHABLE', 'temporal.example:7233'],
  ['wrong credentials', rpc(16, 'who are you?'), 'CONFIGURATION_INVALID', 'who are you?'],
  [
    'too large',
    rpc(8, 'grpc: received message larger than max (5242880 vs. 4194304)'),
    'INPUT_TOO_LARGE',
    '4194304',
  ],
  [
    'a missing search attribute',
    rpc(3, 'Namespace default has no mapping defined for search attribute BatonTeam'),
    'SEARCH_ATTRIBUTE_MISSING',
    'create --name BatonTeam --type Keyword',
  ],
  ['a polled queue gone quiet', rpc(9, 'no poller seen for task queue recently'), 'NO_WORKER', 'no poller'],
  [
    'a workflow task that fails',
    rpc(9, 'Unable to perform workflow execution update due to Workflow Task in failed state.'),
    'NO_WORKER',
    'the workflow task of "case-1" fails again and again: the log of its worker',
  ],
  [
    'a question to a case whose workflow task fails',
    rpc(9, 'Unable to query workflow due to Workflow Task in failed state.'),
    'NO_WORKER',
    'the workflow task of "case-1" fails again and again: the log of its worker',
  ],
  [
    'an update whose workflow task the server could not accept',
    rpc(9, 'Unable to perform workflow execution update due to unexpected workflow task failure.'),
    'NO_WORKER',
    'the workflow task of "case-1" fails again and again: the log of its worker',
  ],
  ['anything else', new Error('surprise'), 'SERVER_UNREACHABLE', 'surprise'],
])('%s is told as what it is', (_, thrown, code, names) => {
  const failed = failureOf(thrown, asked);
  expect(failed.code).toBe(code);
  expect(failed.message).toContain(names);
  expect(failed.cause).toBe(thrown);
});

test('the silence of a worker is not that of the server', () => {
  const late = new WorkflowUpdateRPCTimeoutOrCancelledError('late');
  expect(failureOf(late, { ...asked, ofWorker: true }).code).toBe('NO_WORKER');
  expect(failureOf(rpc(4, 'deadline'), { ...asked, ofWorker: true }).code).toBe('NO_WORKER');
  expect(failureOf(late, asked).code).toBe('SERVER_UNREACHABLE');
});

test('the field of a refusal comes through', () => {
  expect(failureOf(new WorkflowUpdateFailedError('x', refusal), asked).field).toBe('digest');
});

test('a filter becomes a query, and nothing in it can become another', () => {
  expect(visibilityQuery({ team: 'desk', stage: 'human', waitingOn: 'people', open: true })).toBe(
    "WorkflowType = 'baton-case' AND ExecutionStatus != 'ContinuedAsNew' AND BatonTeam = 'desk' AND " +
      "BatonStage = 'human' AND BatonWaitingOn STARTS_WITH 'people:' AND ExecutionStatus = 'Running'",
  );
  for (const word of ["x' OR '1'='1", '', 'x"', 'A', 'x y', '__proto__']) {
    expect(() => visibilityQuery({ team: word })).toThrow('team');
    expect(() => visibilityQuery({ owner: word })).toThrow('owner');
    expect(() => visibilityQuery({ waitingOn: word })).toThrow('waitingOn');
    expect(() => visibilityQuery({ stage: word as never })).toThrow('stage');
  }
});

test('ids of cases can be read to somebody, and do not meet', () => {
  const ids = new Set(Array.from({ length: 2_000 }, newCaseId));
  expect(ids.size).toBe(2_000);
  for (const id of ids) expect(id).toMatch(/^case(-[2-9bcdfghjkmnpqrstvwxyz]{4}){3}$/);
});

test('text in the UI is text', () => {
  expect(inertMarkdown('![x](http://evil) <b>\u202e`code`\n# top', 100)).toBe(
    '\\!\\[x\\]\\(http://evil\\) \\<b\\> \\`code\\` \\# top',
  );
});
