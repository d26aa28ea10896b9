import vm from 'node:vm';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { provedText } from '../contract/proof.ts';
import { createDecisionSigner, doorKeysIn } from '../security/index.ts';
import { addDoorKey } from '../security/rotation.ts';
import { workflowBundleOptions } from '../workers/workflow-bundle.ts';
import { median } from './arithmetic.ts';
import { metric, type Metric } from './report.ts';

/** The first signatures compile code and fill tables: they are left out of the median, and told apart. */
const FIRST = 30;

/** The sandbox that workers run cases in, with the frozen modules that all cases share. */
class Sandbox extends ReusableVMWorkflowCreator {
  run(code: string): unknown {
    return vm.runInContext(code, this.context);
  }
}

type IsSignedBy = (publicKey: string, signature: string, text: string) => boolean;

/**
 * How long the check of a door's signature takes in the workflow sandbox: `proof_ms` is the median, and
 * `proof_first_ms` the first one of a worker. Every signature is another, for answers are kept.
 * @param proofs how many
 */
export async function measureProofs(proofs: number): Promise<readonly Metric[]> {
  const check = await checkInSandbox();
  const file = JSON.stringify(addDoorKey(undefined, 'bench', new Date()));
  const signer = createDecisionSigner(() => file);
  const [key] = doorKeysIn(() => file).current();
  const times: number[] = [];
  for (let round = 0; round < proofs + FIRST; round += 1) {
    const decision = {
      reviewId: `r${String(round)}`,
      digest: 'd'.repeat(64),
      decision: 'approve',
      by: 'ana',
      reason: 'the amount is what the customer was charged twice',
    } as const;
    const who = { caseId: 'order-7', decision, roles: ['staff'], tenant: 'default' };
    const { signature, ...word } = signer.sign(who);
    const text = provedText({ ...word, caseId: who.caseId, decision });
    const began = performance.now();
    const holds = check(key?.publicKey ?? '', signature, text);
    times.push(performance.now() - began);
    if (!holds) throw new Error('a signature of our own does not hold');
  }
  const figure = (name: string, ms: number): Metric => metric(name, 1, { baton: ms, raw: null, unit: 'ms' });
  return [figure('proof_ms', median(times.slice(FIRST))), figure('proof_first_ms', times[0] ?? Number.NaN)];
}

async function checkInSandbox(): Promise<IsSignedBy> {
  const workflowsPath = fileURLToPath(new URL('proof/workflow.ts', import.meta.url));
  const bundle = await bundleWorkflowCode({
    ...workflowBundleOptions(workflowsPath),
    logger: new DefaultLogger('WARN'),
  });
  const filename = 'workflow-bundle.js';
  const script = new vm.Script(bundle.code, { filename });
  const sourceMap = { version: 3, sources: [], names: [], mappings: '', file: filename } as never;
  const sandbox = new Sandbox(script, { code: bundle.code, sourceMap, filename }, 10_000, new Set());
  const found = sandbox.run('__TEMPORAL__.importWorkflows().isSignedBy');
  if (typeof found !== 'function') throw new Error('the bundle has no check of signatures');
  return found as IsSignedBy;
}
