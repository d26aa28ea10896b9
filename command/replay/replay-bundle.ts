import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';
import { keptBundle, keptBundles, type Made } from './kept-bundle.ts';
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
 * What another process has bundled of the very same files is taken from the user's cache folder.
 * @param workflowsPath file that exports the workflows; this release's own when absent
 */
export async function replayBundle(workflowsPath = moduleOfBaton('workflows/index')): Promise<ReplayBundle> {
  const made = bundles.get(workflowsPath) ?? bundleForReplay(workflowsPath);
  bundles.set(workflowsPath, made);
  return made;
}

async function bundleForReplay(workflowsPath: string): Promise<ReplayBundle> {
  const options: BundleOptions = {
    workflowsPath,
    payloadConverterPath: moduleOfBaton('contract/payload-converter'),
    workflowInterceptorModules: [moduleOfBaton('workflows/strict-replay-interceptor')],
  };
  const key = [JSON.stringify(options), process.version, ...(await bundlerVersions())];
  return { code: await keptBundle(keptBundles(process.env), key, () => bundle(options)) };
}

/** What bundles, and how it is told to. */
async function bundlerVersions(): Promise<readonly string[]> {
  const ours = createRequire(import.meta.url);
  const ofWorker = createRequire(ours.resolve('@temporalio/worker'));
  const versionOf = async (file: string): Promise<string> => readFile(file, 'utf8');
  return Promise.all([
    versionOf(fileURLToPath(new URL(import.meta.url))),
    ...['@temporalio/worker', 'webpack', '@swc/core', 'swc-loader', 'source-map-loader'].map((name) =>
      versionOf(ofWorker.resolve(`${name}/package.json`)),
    ),
  ]);
}

type Bundler = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];
type Plugin = NonNullable<Bundler['plugins']>[number];

async function bundle(options: BundleOptions): Promise<Made> {
  const read: string[] = [];
  const missed: string[] = [];
  const listing: Plugin = {
    apply: (compiler) => {
      compiler.hooks.done.tap('what a bundle is made of', ({ compilation }) => {
        read.push(...compilation.fileDependencies);
        missed.push(...compilation.missingDependencies);
      });
    },
  };
  const { code } = await bundleWorkflowCode({
    ...options,
    webpackConfigHook: (config) => ({
      ...config,
      // Stack traces name places in sources; the sources themselves are two fifths of a bundle.
      devtool: 'inline-nosources-source-map',
      plugins: [...(config.plugins ?? []), listing],
    }),
    logger: new DefaultLogger('ERROR'),
  });
  return { code, read, missed };
}
