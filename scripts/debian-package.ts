/** Packages of Debian, installed where they are missing and we may. */
import path from 'node:path';
import { alone, cacheFolder, type Environment, type Progress } from './cache.ts';
import { onPath, run, type Outcome } from './run.ts';
import { failed, type Attempt } from './ways.ts';

const installLimitMs = 10 * 60_000;

/** Installs a package. Answers why it could not, or undefined when it is installed. */
export async function installPackage(
  name: string,
  environment: Environment,
  progress: Progress,
): Promise<Attempt | undefined> {
  const apt = onPath('apt-get', environment);
  if (apt === undefined) return failed('there is no apt-get');
  if (process.getuid?.() !== 0) return failed('only root can install packages');
  const aptGet = (...args: readonly string[]): Promise<Outcome> =>
    run({
      command: apt,
      args: ['-y', '-q', ...args],
      environment: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
      limitMs: installLimitMs,
    });
  // Of several at once, apt-get refuses all but one: test files install what they need side by side.
  return alone(path.join(cacheFolder(environment), 'apt-get.lock'), progress, async () => {
    progress(`Installing ${name} with apt-get ...`);
    const updated = await aptGet('update');
    const installed = await aptGet('install', '--no-install-recommends', name);
    if (installed.ok) return undefined;
    return failed(updated.ok ? installed.tail : `apt-get update: ${updated.tail}`);
  });
}
