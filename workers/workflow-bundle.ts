import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type BundleOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

/** Whether payloads pass a codec on their way to the server. */
export type Encryption = 'in-clear' | 'encrypted';

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

/** Path of the failure converter that is in use with encryption: messages and stack traces become payloads. */
export function failureConverterPath(): string {
  return siblingModule('contract/failure-converter');
}

/**
 * How the workflows are bundled, for workers and for replay. The contract and the pure core are evaluated once for
 * all cached workflows (`preloadModules`), which saves most of a cached case's memory.
 * @param workflowsPath the user's own workflows file, which then exports everything of `baton/workflow` too
 * @param encryption whether workers will have payload codecs: what failures say is then in payloads
 */
export function workflowBundleOptions(
  workflowsPath: string = siblingModule('workflows/index'),
  encryption: Encryption = 'in-clear',
): BundleOptions {
  return {
    workflowsPath,
    payloadConverterPath: payloadConverterPath(),
    ...(encryption === 'encrypted' ? { failureConverterPath: failureConverterPath() } : {}),
    preloadModules: [siblingModule('workflows/shared-modules')],
    workflowInterceptorModules: [
      siblingModule('workflows/look-ahead'),
      siblingModule('workflows/details'),
      siblingModule('workflows/heavy-updates'),
    ],
    webpackConfigHook: (config) => bindIntrinsics(keepModernSyntax(withoutSources(config))),
  };
}

type WebpackHook = NonNullable<BundleOptions['webpackConfigHook']>;

/**
 * Stack traces name places in sources, for which a map needs their names alone. The sources themselves would be two
 * fifths of a bundle, which every worker of cases reads as it starts.
 */
const withoutSources: WebpackHook = (config) => ({ ...config, devtool: 'inline-nosources-source-map' });

/**
 * Intrinsics that a bundle finds in its own scope, with `globalThis` itself. In the sandbox, a Node vm context, every use of a global asks an
 * interceptor of the embedder first: `Object.keys` takes some 900 nanoseconds there and 70 by a binding. Only what is
 * the same object for every workflow of a worker: the SDK puts `Date`, timers and weak references of its own in place
 * for each, and replaces `Math.random` on an object that stays.
 */
const INTRINSICS = [
  ...[
    'Object',
    'Array',
    'String',
    'Number',
    'Boolean',
    'Symbol',
    'BigInt',
    'Function',
    'RegExp',
    'JSON',
    'Math',
  ],
  ...['Reflect', 'Proxy', 'Promise', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Error', 'TypeError', 'RangeError'],
  ...['ArrayBuffer', 'DataView', 'Uint8Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigUint64Array'],
];

const bindIntrinsics: WebpackHook = (config) => {
  const banner = `const globalThis = this.globalThis, { ${INTRINSICS.join(', ')} } = globalThis;`;
  const plugin: NonNullable<typeof config.plugins>[number] = {
    apply: (compiler) => {
      new compiler.webpack.BannerPlugin({ banner, raw: true }).apply(compiler);
    },
  };
  return { ...config, plugins: [...(config.plugins ?? []), plugin] };
};

/**
 * TypeScript is compiled for the engine that runs it. The SDK asks for ES2017, in which every spread of an object is
 * a call of a function; packages, which are JavaScript already, are not touched.
 */
const keepModernSyntax: WebpackHook = (config) => {
  for (const rule of config.module?.rules ?? []) {
    const compiler = isRecord(rule) ? rule['use'] : undefined;
    const options = isRecord(compiler) ? compiler['options'] : undefined;
    const language = isRecord(options) ? options['jsc'] : undefined;
    if (isRecord(language) && 'target' in language) language['target'] = 'es2022';
  }
  return config;
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const bundles = new Map<Encryption, Promise<WorkflowBundleWithSourceMap>>();

/** The bundle of Baton's own workflows, made once a process. */
export function workflowBundle(encryption: Encryption = 'in-clear'): Promise<WorkflowBundleWithSourceMap> {
  const known = bundles.get(encryption);
  if (known) return known;
  const bundle = bundleWorkflowCode({
    ...workflowBundleOptions(undefined, encryption),
    // What webpack has to say of a good bundle interests nobody.
    logger: new DefaultLogger('WARN'),
  });
  bundles.set(encryption, bundle);
  return bundle;
}
