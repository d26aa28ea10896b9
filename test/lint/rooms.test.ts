/**
 * The lint proves itself: a small project of planted files, right ones and wrong ones, under our configuration.
 * What each room may and may not do is written here a second time, by hand, so that a slip in the table shows.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

interface Planted {
  readonly file: string;
  readonly code: string;
  /** The one rule that must refuse it; `null` when nothing may. */
  readonly refusedBy: string | null;
}

/** Imports by room: what must pass, and what must be refused. */
const imports: Readonly<Record<string, { readonly may: string; readonly mayNot: string }>> = {
  contract: {
    may: 'zod @noble/hashes/sha2.js @temporalio/common ./other.ts',
    mayNot:
      '../workflows/x.ts ../stores/x.ts ../test/x.ts ../package.json node:fs fs @temporalio/client pg chalk',
  },
  workflows: {
    may: '../contract/x.ts @temporalio/workflow @temporalio/common ./core/x.ts',
    mayNot:
      '../activities/x.ts ../workers/x.ts ../client/x.ts ../stores/x.ts node:crypto zod @temporalio/activity @temporalio/worker ../test/x.ts',
  },
  activities: {
    may: '../contract/x.ts @temporalio/activity @temporalio/common node:crypto zod',
    mayNot:
      '../workflows/x.ts ../workers/x.ts ../client/x.ts ../stores/x.ts ../security/x.ts @temporalio/client @temporalio/workflow @temporalio/worker libphonenumber-js/max ../test/x.ts',
  },
  stores: {
    may: '../contract/x.ts libsql pg @redis/client node:fs',
    mayNot:
      '../workflows/x.ts ../activities/x.ts ../workers/x.ts ../client/x.ts @temporalio/common @temporalio/client ../test/x.ts',
  },
  security: {
    may: '../contract/x.ts @temporalio/common @temporalio/proto jose node:crypto zod',
    mayNot:
      '../workflows/x.ts ../activities/x.ts ../workers/x.ts ../client/x.ts ../stores/x.ts ../service/x.ts @temporalio/client @temporalio/worker fastify ../test/x.ts',
  },
  workers: {
    may: '../contract/x.ts ../activities/x.ts ../stores/x.ts ../security/x.ts @temporalio/worker node:fs',
    mayNot:
      '../workflows/x.ts ../client/x.ts ../command/x.ts @temporalio/workflow @temporalio/client ../test/x.ts',
  },
  client: {
    may: '../contract/x.ts ../security/x.ts @temporalio/client @temporalio/common',
    mayNot:
      '../workflows/x.ts ../activities/x.ts ../workers/x.ts ../stores/x.ts @temporalio/worker @temporalio/workflow ../test/x.ts',
  },
  command: {
    may: '../contract/x.ts ../client/x.ts ../stores/x.ts ../security/x.ts ../service/x.ts ../simulation/x.ts commander @clack/prompts',
    mayNot:
      '../workflows/x.ts ../activities/x.ts ../workers/x.ts @temporalio/worker @temporalio/workflow ../test/x.ts',
  },
  service: {
    may: '../contract/x.ts ../client/x.ts ../security/x.ts fastify @fastify/rate-limit jose',
    mayNot:
      '../workflows/x.ts ../activities/x.ts ../workers/x.ts ../stores/x.ts @temporalio/client ../test/x.ts',
  },
  testing: {
    may: '../contract/x.ts ../activities/x.ts ../workers/x.ts ../client/x.ts @temporalio/testing',
    mayNot: '../workflows/x.ts ../stores/x.ts ../examples/x.ts ../test/x.ts jest',
  },
  examples: {
    may: '../contract/x.ts ../workers/x.ts ../client/x.ts ../testing/x.ts ../scripts/x.ts libsql',
    mayNot: '../bench/x.ts ../test/x.ts ../eslint/x.js jest',
  },
  bench: {
    may: '../examples/x.ts ../workers/x.ts ../scripts/x.ts',
    mayNot: '../test/x.ts ../command/x.ts jest',
  },
  scripts: {
    may: '../contract/x.ts node:fs @temporalio/client pg',
    mayNot: '../workers/x.ts ../client/x.ts ../test/x.ts zod',
  },
  test: { may: '../workflows/x.ts ../bench/x.ts fast-check yaml', mayNot: '../bin/x.js lodash' },
  simulation: {
    may: '../contract/x.ts ../activities/x.ts ../workers/x.ts ../client/x.ts ../stores/x.ts ../security/x.ts node:fs zod',
    mayNot: '../workflows/x.ts ../command/x.ts ../test/x.ts pg',
  },
  bin: { may: '../command/x.ts tsx/esm/api', mayNot: '../client/x.ts ../test/x.ts zod' },
  eslint: { may: 'typescript-eslint node:path', mayNot: '../contract/x.ts ../test/x.ts' },
  tools: { may: 'node:fs', mayNot: '../contract/x.ts ../test/x.ts zod' },
};

function plantImports(): readonly Planted[] {
  return Object.entries(imports).flatMap(([room, { may, mayNot }]) => [
    ...may.split(' ').map((source, index) => ({
      file: `${room}/may-${String(index)}.ts`,
      code: `import '${source}';\n`,
      refusedBy: null,
    })),
    ...mayNot.split(' ').map((source, index) => ({
      file: `${room}/may-not-${String(index)}.ts`,
      code: `import '${source}';\n`,
      refusedBy: 'baton/rooms',
    })),
  ]);
}

const asyncValidator = 'export const options = { validator: async (n: number): Promise<number> => n };';
const referredValidator =
  'async function check(n: number): Promise<number> {\n  return n;\n}\nexport const options = { validator: check };';

/** The other rules, and the other forms an import takes: file, code, and the rule that refuses it. */
const others: readonly (readonly [file: string, code: string, refusedBy: string | null])[] = [
  ['contract/form-type.ts', "import type { X } from '../client/x.ts';\nexport type Y = X;", 'baton/rooms'],
  ['contract/form-export.ts', "export { x } from '../client/x.ts';", 'baton/rooms'],
  ['contract/form-dynamic.ts', "export const x: Promise<unknown> = import('../client/x.ts');", 'baton/rooms'],
  [
    'contract/form-computed.ts',
    'export const x = (n: string): Promise<unknown> => import(n);',
    'baton/rooms',
  ],
  ['contract/form-import-type.ts', "export type X = import('../client/x.ts').X;", 'baton/rooms'],
  ['contract/form-require.ts', "export const x: unknown = require('../client/x.ts');", 'baton/rooms'],
  ['contract/define.ts', "export { defineSignal } from '@temporalio/workflow';", null],
  ['contract/not-define.ts', "export { sleep } from '@temporalio/workflow';", 'baton/rooms'],
  ['contract/whole.ts', "import * as all from '@temporalio/workflow';\nexport { all };", 'baton/rooms'],
  ['command/replay.ts', "import '@temporalio/worker';", null],
  ['workers/tickets/door.ts', "import '../../client/x.ts';", null],
  ['drawer/x.ts', 'export const x = 1;', 'baton/rooms'],
  ['client/utils.ts', 'export const x = 1;', 'baton/file-names'],
  ['client/camelCase.ts', 'export const x = 1;', 'baton/file-names'],
  ['client/clean.ts', 'export const ports = (n: number): string => `port ${n}`;', null],
  ['client/long.ts', 'console.log(1);\n'.repeat(301), 'max-lines'],
  ['client/default.ts', 'const x = 1;\nexport default x;', 'no-restricted-syntax'],
  ['client/named-default.ts', 'const x = 1;\nexport { x as default };', 'no-restricted-syntax'],
  ['client/star.ts', "export * from './clean.ts';", 'no-restricted-syntax'],
  ['client/enum.ts', 'export enum X {\n  A,\n}', 'no-restricted-syntax'],
  ['client/any.ts', 'export const x = (y: any): boolean => y === 1;', '@typescript-eslint/no-explicit-any'],
  ['client/floating.ts', 'Promise.resolve(1);', '@typescript-eslint/no-floating-promises'],
  ['client/misused.ts', 'if (Promise.resolve(1)) console.log(1);', '@typescript-eslint/no-misused-promises'],
  [
    'client/exhaustive.ts',
    "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  [
    'client/type-import.ts',
    "import { Client } from '@temporalio/client';\nexport type X = Client;",
    '@typescript-eslint/consistent-type-imports',
  ],
  [
    'client/boundary.ts',
    'export function f() {\n  return 1;\n}',
    '@typescript-eslint/explicit-module-boundary-types',
  ],
  ['client/clock.ts', 'export const now = (): number => Date.now();', null],
  ['workflows/clock.ts', 'export const now = (): number => Date.now();', null],
  ...['contract', 'workflows'].flatMap((room): [string, string, string | null][] => [
    [`${room}/process.ts`, 'export const x = process.pid;', 'no-restricted-globals'],
    [`${room}/fetch.ts`, "export const x = fetch('http://localhost');", 'no-restricted-globals'],
    [`${room}/interval.ts`, 'setInterval(() => undefined, 1);', 'no-restricted-globals'],
    [`${room}/crypto.ts`, 'export const x = crypto.randomUUID();', 'no-restricted-globals'],
    [`${room}/performance.ts`, 'export const x = performance.now();', 'no-restricted-globals'],
    [`${room}/now.ts`, 'export const x = Date.now();', 'no-restricted-properties'],
    [`${room}/random.ts`, 'export const x = Math.random();', 'no-restricted-properties'],
    [`${room}/date.ts`, 'export const x = new Date();', 'no-restricted-syntax'],
    [`${room}/given-date.ts`, 'export const x = new Date(0).toISOString();', null],
    [`${room}/star.ts`, "export * from './given-date.ts';", 'no-restricted-syntax'],
    [`${room}/validator.ts`, asyncValidator, 'baton/validators'],
    [`${room}/referred-validator.ts`, referredValidator, 'baton/validators'],
    [`${room}/good-validator.ts`, 'export const options = { validator: (n: number): number => n };', null],
  ]),
];

const planted: readonly (Planted & { readonly title: string })[] = [
  ...plantImports(),
  ...others.map(([file, code, refusedBy]) => ({ file, code: `${code}\n`, refusedBy })),
].map((one) => ({ ...one, title: one.code.split('\n', 1)[0] ?? '' }));

/** The rules that refused each file, by its path in the planted project. */
let refusals = new Map<string, readonly string[]>();
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'baton-lint-'));
  for (const name of ['eslint', 'eslint.config.js', 'tsconfig.json', 'package.json']) {
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  for (const { file, code } of planted) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), code);
  }
  refusals = readReport(await lint());
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function lint(): Promise<string> {
  const eslint = path.join(root, 'node_modules/eslint/bin/eslint.js');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [eslint, '.', '--format', 'json'],
      { cwd: folder, maxBuffer: 64 * 2 ** 20 },
      (error, output, problems) => {
        if (output.startsWith('[')) resolve(output);
        else reject(new Error(`ESLint did not run: ${problems}`, { cause: error }));
      },
    );
  });
}

interface FileReport {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

function readReport(json: string): Map<string, readonly string[]> {
  return new Map(
    (JSON.parse(json) as readonly FileReport[]).map(({ filePath, messages }) => [
      path.relative(folder, filePath),
      messages.map(({ ruleId, message }) => ruleId ?? message),
    ]),
  );
}

/** Rules that a planted file may break beside the one it is for: code that stands alone resolves to no types. */
const beside = /^@typescript-eslint\/(?:no-unsafe-|no-require-imports|no-redundant-type)/;

test('every room of the product is planted', () => {
  const inDesign =
    'contract workflows activities stores workers client command service testing examples bench scripts test';
  expect(Object.keys(imports)).toEqual(expect.arrayContaining(inDesign.split(' ')));
});

test.each(planted.filter(({ refusedBy }) => refusedBy !== null))(
  '$file is refused by $refusedBy: $title',
  ({ file, refusedBy }) => {
    expect(refusals.get(file)).toContain(refusedBy);
  },
);

test.each(planted.filter(({ refusedBy }) => refusedBy === null))('$file passes: $title', ({ file }) => {
  expect(refusals.get(file)?.filter((rule) => !beside.test(rule))).toEqual([]);
});
