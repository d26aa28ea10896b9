import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

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
 * Builds the package, packs it as it would be published, and installs the tarball in a new project. Nothing of the
 * checkout is written to, and no registry is asked: the package's own dependencies are links to ours.
 */
export async function installPackedPackage(): Promise<UserProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-package-'));
  const source = path.join(folder, 'source');
  const project = path.join(folder, 'project');
  const modules = path.join(project, 'node_modules');
  await mkdir(source);
  await mkdir(modules, { recursive: true });
  // Types were checked already; what is emitted is the same.
  const build = ['run', 'build', '--', '--noCheck', '--outDir', path.join(source, 'dist')];
  await execute('npm', build, { cwd: root });
  await cp(path.join(root, 'package.json'), path.join(source, 'package.json'));
  for (const shipped of ['bin', 'schemas/published'])
    await cp(path.join(root, shipped), path.join(source, shipped), { recursive: true });
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: source });
  const packageFile = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as PackageFile & {
    readonly name: string;
    readonly version: string;
  };
  const tarball = path.join(folder, `${packageFile.name}-${packageFile.version}.tgz`);
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
