import { QueryNotRegisteredError, ServiceError, type Client } from '@temporalio/client';
import type { Access } from '../../client/reach/access.ts';
import { askWorker } from '../../client/reach/ask-worker.ts';
import { LOOK_AHEAD } from '../../contract/look-ahead.ts';

const failing = 'Unable to perform workflow execution update due to Workflow Task in failed state.';

/** What the SDK throws for a gRPC status. */
function rpc(code: number, details: string): ServiceError {
  const cause = Object.assign(new Error(details), { code, details, metadata: {} });
  return new ServiceError('Something failed', { cause });
}

/** A running case that answers with these in turn, and then that it took the question. */
function caseAnswering(...answers: readonly Error[]): { access: Access; ask: () => Promise<string> } {
  const left = [...answers];
  const client = {
    withDeadline: (_: number, question: () => Promise<unknown>) => question(),
    workflow: { getHandle: () => ({ describe: () => Promise.resolve({ status: { name: 'RUNNING' } }) }) },
  } as unknown as Client;
  return {
    access: { client, address: 'temporal.example:7233', answerMs: 60_000, serverMs: 60_000 },
    ask: () => {
      const next = left.shift();
      return next ? Promise.reject(next) : Promise.resolve('taken');
    },
  };
}

test('a case whose workflow task fails is asked until it answers', async () => {
  const { access, ask } = caseAnswering(rpc(9, failing), rpc(9, failing));
  expect(await askWorker(access, 'case-1', ask)).toBe('taken');
});

test('a question that would look ahead leaves the worker time for the task that comes first', async () => {
  const invalidArgument = 3;
  const words = [LOOK_AHEAD.message, invalidArgument];
  const ahead = Reflect.construct(QueryNotRegisteredError, words) as QueryNotRegisteredError;
  const passing = caseAnswering(ahead, ahead, ahead);
  expect(await askWorker(passing.access, 'case-1', passing.ask)).toBe('taken');
  const { access } = caseAnswering();
  let asked = 0;
  const ask = (): Promise<never> => {
    asked += 1;
    return Promise.reject(ahead);
  };
  await expect(askWorker(access, 'case-1', ask, 120)).rejects.toMatchObject({ code: 'NO_WORKER' });
  // Without pauses it would be hundreds.
  expect(asked).toBeLessThan(6);
});

test('silence after a refusal is told as the refusal', async () => {
  const { access, ask } = caseAnswering(rpc(9, failing), rpc(4, 'deadline exceeded'));
  await expect(askWorker(access, 'case-1', ask)).rejects.toMatchObject({
    code: 'NO_WORKER',
    message: expect.stringContaining('the workflow task of "case-1" fails again and again') as string,
  });
});

test.each([
  [9, 'no poller seen for workflow task queue recently, worker may be down'],
  [4, 'deadline exceeded'],
])('what else says that nobody answers (%i) is not asked again', async (code, details) => {
  const { access, ask } = caseAnswering(rpc(code, details));
  await expect(askWorker(access, 'case-1', ask)).rejects.toMatchObject({
    code: 'NO_WORKER',
    message: expect.not.stringContaining('fails again and again') as string,
  });
});
