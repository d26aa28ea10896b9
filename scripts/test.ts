/**
 * `npm test`: every check of the project, what needs one core two at a time, then one plain line `N passed, N failed`
 * summed over everything that ran. Each check that is not a test suite counts as one; the suites count their
 * tests. A check that fails does not stop the later ones, so that one run shows everything that is wrong.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What one check came to. */
interface Count {
  readonly passed: number;
  readonly failed: number;
}

const root = path.resolve(import.meta.dirname, '..');

/** Runs one of the installed tools with the terminal handed through; resolves to whether it exited with 0. */
async function succeeds(tool: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}

/** Runs one check that is either right or wrong, and shows what it says when it is done: others run beside it. */
async function check(name: string, tool: string, args: readonly string[]): Promise<Count> {
  const started = Date.now();
  const child = spawn(process.execPath, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    env: process.stdout.isTTY ? { FORCE_COLOR: '1', ...process.env } : process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => said.push(part));
  const ok = await new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code === 0);
    });
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`\n== ${name}`);
  process.stdout.write(Buffer.concat(said));
  console.log(`== ${name}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs checks one after another. */
async function inTurn(checks: readonly (() => Promise<Count>)[]): Promise<readonly Count[]> {
  const counts: Count[] = [];
  for (const each of checks) counts.push(await each());
  return counts;
}

/** Reads the counts Jest wrote; a suite that could not even start counts as a failure. */
async function readJestReport(file: string): Promise<Count> {
  const report: unknown = JSON.parse(await readFile(file, 'utf8'));
  const number = (field: string): number => {
    const value: unknown =
      typeof report === 'object' && report !== null ? Reflect.get(report, field) : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return {
    passed: number('numPassedTests'),
    failed: number('numFailedTests') + number('numRuntimeErrorTestSuites'),
  };
}

async function jest(args: readonly string[]): Promise<Count> {
  console.log('\n== tests');
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-test-'));
  try {
    const file = path.join(folder, 'report.json');
    const ok = await succeeds('jest/bin/jest.js', [
      // Each file leaves modules behind: a worker that has read many of them spends its time on collecting garbage.
      '--workerIdleMemoryLimit=700MB',
      '--json',
      `--outputFile=${file}`,
      ...args,
    ]);
    const count = await readJestReport(file).catch((): Count => ({ passed: 0, failed: 1 }));
    // Jest may fail without a failing test (a global teardown, a worker that died): never report that as success.
    return !ok && count.failed === 0 ? { ...count, failed: 1 } : count;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file of the very same text was in form before: the form of a file hangs on nothing else but settings and versions. */
const rememberedByContent = ['--cache', '--cache-strategy', 'content'];

const sources = await Promise.all([
  check('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']),
  inTurn([
    () => check('types', 'typescript/bin/tsc', ['-p', 'tsconfig.json']),
    () =>
      check('format', 'prettier/bin/prettier.cjs', [
        '--check',
        ...rememberedByContent,
        '--log-level',
        'warn',
        '.',
      ]),
    () => check('unused code', 'knip/bin/knip.js', []),
  ]),
]);
// Alone: tests measure time.
const counts = [...sources.flat(), await jest(process.argv.slice(2))];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${String(passed)} passed, ${String(failed)} failed`);
