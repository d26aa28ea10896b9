import type { ActivateInput } from '@temporalio/workflow';
import { PAYLOAD_BYTES, REFUSABLE_UPDATE_BYTES } from '../../contract/limits.ts';
import { interceptors } from '../../workflows/heavy-updates.ts';

type Activation = ActivateInput['activation'];
type Jobs = NonNullable<Activation['jobs']>;

const update = (bytes: number, rest: object = {}): Jobs[number] => ({
  doUpdate: { runValidator: true, input: [{ data: new Uint8Array(bytes) }], ...rest },
});
const signal = { signalWorkflow: { signalName: 'decide' } };

/** The jobs that come through to the case. */
function passed(...jobs: Jobs): Jobs {
  const [interceptor] = interceptors().internals ?? [];
  const activation: Activation = { jobs };
  let through: Jobs = [];
  interceptor?.activate?.({ activation, batchIndex: 0 }, (input) => (through = input.activation.jobs ?? []));
  return through;
}

test.each([
  ['above the bound', update(REFUSABLE_UPDATE_BYTES + 1)],
  ['above it in several arguments', update(0, { input: Array(4).fill({ data: new Uint8Array(500_000) }) })],
  ['above it by its headers', update(5, { headers: { trace: { data: new Uint8Array(2_000_000) } } })],
])('an update %s is left unanswered, and what came with it is not', (_name, job) => {
  expect(passed(signal, job, update(5))).toEqual([signal, update(5)]);
});

test.each([
  ['at the bound', update(REFUSABLE_UPDATE_BYTES)],
  ['above what a case takes, which the case refuses in better words', update(PAYLOAD_BYTES + 1)],
  ['that the history holds', update(REFUSABLE_UPDATE_BYTES + 1, { runValidator: false })],
])('an update %s comes through', (_name, job) => {
  expect(passed(job)).toEqual([job]);
});
