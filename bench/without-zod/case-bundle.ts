import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type BundleOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { workflowBundleOptions } from '../../workers/workflow-bundle.ts';

/**
 * Baton's workflows as they are, or with every schema taken out: what a cached case would weigh if nothing were
 * validated.
 */
export async function caseBundle(options: {
  readonly withoutZod: boolean;
}): Promise<WorkflowBundleWithSourceMap> {
  const quiet: BundleOptions = { ...workflowBundleOptions(), logger: new DefaultLogger('WARN') };
  if (!options.withoutZod) return bundleWorkflowCode(quiet);
  const nothing = fileURLToPath(new URL('nothing.ts', import.meta.url));
  return bundleWorkflowCode({
    ...quiet,
    webpackConfigHook: (config) => {
      const alias = config.resolve?.alias;
      if (Array.isArray(alias)) throw new TypeError('the SDK gives webpack its aliases by name');
      return { ...config, resolve: { ...config.resolve, alias: { ...alias, zod$: nothing } } };
    },
  });
}
