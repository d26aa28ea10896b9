import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce, progressOnStandardError, removeUnused } from '../../scripts/cache.ts';

const execute = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

/** What `files` of package.json names besides what is built. */
const shipped = ['bin', 'schemas/published'];

/** A tarball that nobody has asked for so long is of sources that have changed. */
const OLD_MS = 7 * 24 * 3_600_000;

interface BuildFile {
  /** Patterns, each below one room. */
  readonly include: readonly string[];
}

/** The parts of package.json that users of the package stand on. */
export interface PackageFile {
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** A project of a user, with the packed package and nothing that it does not declare. */
export interface UserProject {
  readonly folder: string;
  readonly packageFile: PackageFile;
  /** Folder of the installed package. */
  readonly installed: string;
  /** Runs a program of Node in the project. Rejects with its output when it fails. */
  readonly node: (
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ) => Promise<string>;
  readonly remove: () => Promise<void>;
}

/**
 * Installs the package in a new project, as it would be published. Nothing of the checkout is written to, and no
 * registry is asked: the package's own dependencies are links to ours.
 */
export async function installPackedPackage(): Promise<UserProject> {
  const tarball = await packedPackage();
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-package-'));
  const project = path.join(folder, 'project');
  const modules = path.join(project, 'node_modules');
  await mkdir(modules, { recursive: true });
  const packageFile = await readPackageFile();
  const installed = path.join(modules, packageFile.name);
  await mkdir(installed);
  await execute('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  for (const name of [...Object.keys(packageFile.dependencies), '@types/node']) {
    const link = path.join(modules, name);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(path.join(root, 'node_modules', name), link);
  }
  await writeFile(path.join(project, 'package.json'), '{ "type": "module", "private": true }');
  return {
    folder: project,
    packageFile,
    installed,
    node: async (words, environment = {}) => {
      const { stdout } = await execute(process.execPath, [...words], {
        cwd: project,
        env: { ...process.env, ...environment },
      });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function readPackageFile(): Promise<PackageFile & { readonly name: string; readonly version: string }> {
  return JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as PackageFile & {
    readonly name: string;
    readonly version: string;
  };
}

/** The tarball: built and packed by npm, once for the same files, because the compiler takes half a minute of a processor. */
async function packedPackage(): Promise<string> {
  const target = path.join(cacheFolder(process.env), 'packed', `${await hashOfPackage()}.tgz`);
  const isThere = (): Promise<boolean> => Promise.resolve(existsSync(target));
  if (!(await isThere()))
    await makeOnce({ target, isThere, make: buildAndPack, progress: progressOnStandardError });
  const now = new Date();
  await utimes(target, now, now);
  return target;
}

async function buildAndPack(temporary: string): Promise<void> {
  await removeUnused(path.dirname(temporary), OLD_MS, '.tgz');
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-build-'));
  try {
    const source = path.join(folder, 'source');
    await mkdir(source);
    // Types were checked already; what is emitted is the same.
    const build = ['run', 'build', '--', '--noCheck', '--outDir', path.join(source, 'dist')];
    await execute('npm', build, { cwd: root });
    await cp(path.join(root, 'package.json'), path.join(source, 'package.json'));
    for (const name of shipped) await cp(path.join(root, name), path.join(source, name), { recursive: true });
    await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: source });
    const { name, version } = await readPackageFile();
    await cp(path.join(folder, `${name}-${version}.tgz`), temporary);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything a package is made of: files it ships or compiles, how they are compiled, packages and their versions. */
async function hashOfPackage(): Promise<string> {
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
  const built = JSON.parse(await readFile(path.join(root, 'tsconfig.build.json'), 'utf8')) as BuildFile;
  const rooms = built.include.map((pattern) => String(pattern.split('/')[0]));
  for (const room of new Set([...shipped, ...rooms])) {
    for (const entry of await readdir(path.join(root, room), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) files.push(path.relative(root, path.join(entry.parentPath, entry.name)));
  }
  const hash = createHash('sha256').update(process.version);
  for (const file of [import.meta.filename, ...files.sort().map((name) => path.join(root, name))])
    hash.update(`\0${path.relative(root, file)}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 24);
}
