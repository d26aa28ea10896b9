/** Where PostgreSQL's server programs are, and the user to run them as. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, Progress } from '../cache.ts';
import { isExecutable, onPath, run, type Outcome } from '../run.ts';
import { failed, firstThatWorks, found, type Attempt } from '../ways.ts';

/** A user of the operating system, by number. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const debianFolder = '/usr/lib/postgresql';
const installLimitMs = 10 * 60_000;

/** The folder of `initdb` and `postgres`. Throws `POSTGRES_UNAVAILABLE` naming every way tried. */
export async function serverBinaries(environment: Environment, progress: Progress): Promise<string> {
  return firstThatWorks({
    code: 'POSTGRES_UNAVAILABLE',
    problem: 'There is no PostgreSQL server to use, and none could be installed.',
    ways: [
      { name: 'initdb on the PATH', attempt: async () => besideInitdb(onPath('initdb', environment)) },
      { name: `a version under ${debianFolder}`, attempt: () => newestOfDebian() },
      { name: 'apt-get install postgresql', attempt: () => install(environment, progress) },
    ],
    remedies: [
      'set BATON_TEST_POSTGRES_URL to a database whose tables tests may create and drop',
      'install the PostgreSQL server (Debian: apt-get install postgresql) so that initdb can be found',
    ],
  });
}

function besideInitdb(initdb: string | undefined): Attempt {
  if (initdb === undefined) return failed('not found');
  const folder = path.dirname(initdb);
  return isExecutable(path.join(folder, 'postgres')) ? found(folder) : failed(`no postgres beside ${initdb}`);
}

async function newestOfDebian(): Promise<Attempt> {
  const versions = await readdir(debianFolder).catch((): string[] => []);
  const folder = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(debianFolder, version, 'bin'))
    .find((bin) => isExecutable(path.join(bin, 'initdb')) && isExecutable(path.join(bin, 'postgres')));
  return folder === undefined ? failed('none') : found(folder);
}

async function install(environment: Environment, progress: Progress): Promise<Attempt> {
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
  progress('Installing PostgreSQL with apt-get ...');
  const updated = await aptGet('update');
  const installed = await aptGet('install', '--no-install-recommends', 'postgresql');
  if (installed.ok) return newestOfDebian();
  return failed(updated.ok ? installed.tail : `apt-get update: ${updated.tail}`);
}

/** The user to run PostgreSQL as: it refuses root. Undefined when we are not root, and so run it as ourselves. */
export async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65_534, gid: 65_534 };
}
