import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs an eval as people do, on a server of its own: other tests' workers serve the same queues.
 * @returns the object of its last line
 */
export async function runEval(
  name: 'tau2-retail' | 'sgd' | 'routing',
  folder: string,
  args: readonly string[],
): Promise<unknown> {
  const env = { ...process.env };
  delete env['TEMPORAL_ADDRESS'];
  delete env['TEMPORAL_NAMESPACE'];
  const program = path.resolve('examples/eval.ts');
  const all = ['--import', 'tsx', program, name, '--data', folder, '--json', ...args];
  const { stdout } = await run(process.execPath, all, { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
