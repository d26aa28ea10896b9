/** Public entry point `baton/worker`. */
export { createWorkers, type Workers, type WorkersOptions } from './create-workers.ts';
export { withPolicyFiles } from './policy-files.ts';
export { requireSearchAttributes } from './search-attributes.ts';
export { workflowBundleOptions } from './workflow-bundle.ts';
