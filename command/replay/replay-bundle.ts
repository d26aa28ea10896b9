import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { ReplayBundle } from './replay-run.ts';

/** Another module of this release, as TypeScript in a checkout and as JavaScript in a package. */
function moduleOfBaton(path: string): string {
  // Loaders of TypeScript add a query to the address of a module.
  const extension = new URL(import.meta.url).pathname.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../../${path}.${extension}`, import.meta.url));
}

const bundles = new Map<string, Promise<ReplayBundle>>();

/**
 * Bundles workflow code for replay, once a process: the code itself and the interceptor that reports its commands.
 * @param workflowsPath file that exports the workflows; this release's own when absent
 */
export async function replayBundle(workflowsPath = moduleOfBaton('workflows/index')): Promise<ReplayBundle> {
  const made = bundles.get(workflowsPath) ?? bundleForReplay(workflowsPath);
  bundles.set(workflowsPath, made);
  return made;
}

function bundleForReplay(workflowsPath: string): Promise<ReplayBundle> {
  return bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: moduleOfBaton('contract/payload-converter'),
    workflowInterceptorModules: [moduleOfBaton('workflows/strict-replay-interceptor')],
    logger: new DefaultLogger('ERROR'),
  });
}
