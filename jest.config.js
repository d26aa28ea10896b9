/**
 * Two projects, so that what needs no server starts none:
 *
 * - `unit`: every `*.test.ts` below `test/`.
 * - `server`: every `*.server.test.ts`; one tuned Temporal server for the whole run, whose address the tests
 *   find in `TEMPORAL_ADDRESS` (started by `test/setup/temporal-up.ts`, which Jest calls only when at least one
 *   of these files runs).
 *
 * The code is transformed to CommonJS, so packages that exist as ES modules only are transformed too.
 */
import { availableParallelism } from 'node:os';

const esModulesOnly = [
  '@noble/curves',
  '@noble/hashes',
  'jose',
  'cookie',
  'set-cookie-parser',
  '@clack',
  'sisteransi',
  'fast-string-width',
  'fast-string-truncated-width',
  'fast-wrap-ansi',
  'request-filtering-agent',
];

/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModulesOnly.join('|')})/)`],
  // What takes long to load and stays as it is: tables, and what is loaded along and not used.
  moduleNameMapper: {
    '^eld/extrasmall$': '<rootDir>/test/setup/loaded-once/eld.ts',
    '^gpt-tokenizer/encoding/o200k_base$': '<rootDir>/test/setup/loaded-once/o200k.ts',
    '^libphonenumber-js/max$': '<rootDir>/test/setup/loaded-once/libphonenumber.ts',
    '^memfs$': '<rootDir>/test/setup/loaded-once/memfs.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.baton/'],
};

/** @type {import('jest').Config} */
export default {
  // Generous, for machines under load: a wait that ends early fails at once all the same.
  testTimeout: 180_000,
  // Tests of the server wait for it half of the time; Jest would even leave one core of two alone.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  projects: [
    {
      ...shared,
      displayName: 'unit',
      setupFiles: ['<rootDir>/test/setup/property-seed.ts'],
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.server\\.test\\.ts$'],
    },
    {
      ...shared,
      displayName: 'server',
      testMatch: ['<rootDir>/test/**/*.server.test.ts'],
      globalSetup: '<rootDir>/test/setup/temporal-up.ts',
      globalTeardown: '<rootDir>/test/setup/temporal-down.ts',
    },
  ],
};
