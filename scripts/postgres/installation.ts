/** Where PostgreSQL's server programs are, and the user to run them as. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, Progress } from '../cache.ts';
import { installPackage } from '../debian-package.ts';
import { isExecutable, onPath } from '../run.ts';
import { failed, firstThatWorks, found, type Attempt } from '../ways.ts';

/** A user of the operating system, by number. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const debianFolder = '/usr/lib/postgresql';

/** The folder of `initdb` and `postgres`. Throws `POSTGRES_UNAVAILABLE` naming every way tried. */
export async function serverBinaries(environment: Environment, progress: Progress): Promise<string> {
  return firstThatWorks({
    code: 'POSTGRES_UNAVAILABLE',
    problem: 'There is no PostgreSQL server to use, and none could be installed.',
    ways: [
      { name: 'initdb on the PATH', attempt: async () => besideInitdb(onPath('initdb', environment)) },
      { name: `a version under ${debianFolder}`, attempt: () => newestOfDebian() },
      {
        name: 'apt-get install postgresql',
        attempt: async () => (await installPackage('postgresql', environment, progress)) ?? newestOfDebian(),
      },
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
