import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { compiledProgram } from '../setup/compiled-sources.ts';

const run = promisify(execFile);

/** How a run is started: as people do it, or from compiled sources, which says the same and loads faster. */
export type Started = 'as people do' | 'compiled';

/**
 * Runs an eval on a server of its own: other tests' workers serve the same queues.
 * @returns the object of its last line
 */
export async function runEval(
  name: 'tau2-retail' | 'sgd' | 'routing',
  folder: string,
  args: readonly string[],
  started: Started = 'compiled',
): Promise<unknown> {
  const env = { ...process.env };
  delete env['TEMPORAL_ADDRESS'];
  delete env['TEMPORAL_NAMESPACE'];
  const [command, ...words] =
    started === 'compiled'
      ? ([process.execPath, await compiledProgram('examples/eval.ts')] as const)
      : (['npm', 'run', 'eval', '--'] as const);
  const { stdout } = await run(command, [...words, name, '--data', folder, '--json', ...args], {
    env,
    cwd: path.resolve(import.meta.dirname, '../..'),
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
