import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type BundleOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

/** Where the workflows and what belongs to their sandbox lie, as TypeScript in a checkout and as JavaScript in a package. */
function siblingModule(path: string): string {
  // Loaders of TypeScript add a query to the address of a module.
  const extension = new URL(import.meta.url).pathname.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../${path}.${extension}`, import.meta.url));
}

/** Path of the payload converter that worker and sandbox share: decoding never throws (F17). */
export function payloadConverterPath(): string {
  return siblingModule('contract/payload-converter');
}

/**
 * How the workflows are bundled, for workers and for replay. The contract and the pure core are evaluated once for
 * all cached workflows (`preloadModules`), which saves most of a cached case's memory.
 * @param workflowsPath the user's own workflows file, which then exports everything of `baton/workflow` too
 */
export function workflowBundleOptions(
  workflowsPath: string = siblingModule('workflows/index'),
): BundleOptions {
  return {
    workflowsPath,
    payloadConverterPath: payloadConverterPath(),
    preloadModules: [siblingModule('workflows/shared-modules')],
  };
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The bundle of Baton's own workflows, made once a process. */
export function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    ...workflowBundleOptions(),
    // What webpack has to say of a good bundle interests nobody.
    logger: new DefaultLogger('WARN'),
  });
  return bundle;
}
