import { tunedWorkerOptions } from '../../workers/create-workers.ts';

/** What a worker that keeps so many cases takes; undefined where the SDK's own numbers hold. */
function taken(maxCachedWorkflows: number | undefined): unknown {
  const tuned = tunedWorkerOptions(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows });
  return [tuned.maxCachedWorkflows, tuned.maxConcurrentWorkflowTaskExecutions];
}

test.each([
  { cached: undefined, cases: undefined, tasks: undefined },
  { cached: 0, cases: 0, tasks: 1 },
  { cached: 1, cases: 1, tasks: 2 },
  { cached: 7, cases: 7, tasks: 7 },
  { cached: 5_000, cases: 5_000, tasks: 40 },
])(
  'a worker that keeps $cached cases takes $tasks workflow tasks at once, so that none waits in it',
  ({ cached, cases, tasks }) => {
    expect(taken(cached)).toEqual([cases, tasks]);
  },
);
