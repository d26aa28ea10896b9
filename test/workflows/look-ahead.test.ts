import type { ActivateInput } from '@temporalio/workflow';
import { LOOK_AHEAD } from '../../contract/look-ahead.ts';
import { interceptors } from '../../workflows/look-ahead.ts';

type Activation = ActivateInput['activation'];

const signal = { signalWorkflow: { signalName: 'decide' } };
const task: Activation = {
  timestamp: { seconds: 10, nanos: 5 },
  historySizeBytes: 700,
  isReplaying: false,
  jobs: [signal],
} as unknown as Activation;

/** Activates one case so often; answers how many activations came through, or what was thrown. */
function activated(
  ...inputs: readonly (Partial<Record<keyof Activation | 'batchIndex', unknown>> | null)[]
): {
  readonly passed: number;
  readonly thrown?: unknown;
} {
  const [interceptor] = interceptors().internals ?? [];
  let passed = 0;
  try {
    for (const input of inputs) {
      const { batchIndex = 0, ...change } = input ?? {};
      const activation = { ...task, ...change } as Activation;
      interceptor?.activate?.({ activation, batchIndex: Number(batchIndex) }, () => (passed += 1));
    }
    return { passed };
  } catch (thrown) {
    return { passed, thrown };
  }
}

const completed = { result: { completed: {} } };

test.each([
  ['a signal', signal],
  ['a timer', { fireTimer: { seq: 1 } }],
  ['an activity', { resolveActivity: { seq: 1, ...completed } }],
  ['a cancel', { cancelWorkflow: { reason: '' } }],
])('%s under the workflow task of the activation before is refused', (_name, job) => {
  const { passed, thrown } = activated(null, { jobs: [{ variant: 'notifyHasPatch' }, job] });
  expect(passed).toBe(1);
  expect(thrown).toMatchObject({ type: LOOK_AHEAD.type, message: LOOK_AHEAD.message });
});

test.each([
  ['another workflow task at the same time', { historySizeBytes: 701 }],
  [
    'another workflow task after the clock went back',
    { timestamp: { seconds: 9, nanos: 5 }, historySizeBytes: 800 },
  ],
  ['a speculative workflow task that left no event', { timestamp: { seconds: 11, nanos: 5 } }],
  ['a replay', { isReplaying: true }],
  ['a further batch of the same activation', { batchIndex: 1 }],
  ['a local activity', { jobs: [{ resolveActivity: { seq: 1, isLocal: true, ...completed } }] }],
  [
    'what the case has cancelled itself',
    { jobs: [{ resolveActivity: { seq: 1, result: { cancelled: {} } } }] },
  ],
  ['a question', { jobs: [{ queryWorkflow: { queryId: 'legacy' } }] }],
])('%s goes through', (_name, second) => {
  expect(activated(null, second)).toEqual({ passed: 2 });
});

test('nothing is refused where the server does not say how large a history is', () => {
  expect(activated({ historySizeBytes: 0 }, { historySizeBytes: 0 })).toEqual({ passed: 2 });
});
