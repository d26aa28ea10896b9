import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { ReplayBundle } from './replay-run.ts';

const sibling = (path: string): string =>
  // The built form has .js beside .js, a checkout .ts beside .ts.
  fileURLToPath(
    new URL(`../../workflows/${path}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  );

/**
 * Bundles workflow code for replay: the code itself and the interceptor that reports its commands.
 * @param workflowsPath file that exports the workflows; this release's own when absent
 */
export async function replayBundle(workflowsPath = sibling('index')): Promise<ReplayBundle> {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [sibling('strict-replay-interceptor')],
    logger: new DefaultLogger('ERROR'),
  });
}
