import { WorkflowNotFoundError } from '@temporalio/client';
import { failureOf } from '../../client/reach/failure-of.ts';

it('says that a case is closed when its end overtook an update, not that there is none', () => {
  const overtaken = new WorkflowNotFoundError(
    'workflow update was aborted by closing workflow',
    'case-1',
    undefined,
  );
  expect(failureOf(overtaken, { address: 'localhost:7233', caseId: 'case-1' }).code).toBe('CASE_CLOSED');
});
