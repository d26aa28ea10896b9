import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from '@swc/core';
import { removeUnused } from '../../scripts/cache.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Below `node_modules`, so that packages are found from there. */
const builds = path.join(root, 'node_modules/.cache/baton-test-programs');

const rooms = [
  ...['contract', 'workflows', 'activities', 'workers', 'stores', 'security', 'client', 'command'],
  ...['schemas', 'service', 'testing', 'mcp', 'simulation', 'examples', 'scripts'],
];
/** Where programs lie that tests start. */
const programs = ['test/support', 'test/stores', 'test/workers', 'test/mcp', 'test/scripts'];
const single = ['package.json', 'package-lock.json', 'bin/baton.js'];

/** A build that nobody has made for so long is of sources that have changed. */
const OLD_MS = 24 * 3_600_000;

let built: Promise<string> | undefined;

/**
 * A checkout of these sources as JavaScript, every file where it lies in ours: what finds others by its own place finds
 * them there. `bin/baton.js` takes it for the built form. Compiled once and again only when a source changes, because
 * a process that compiles as it loads takes several times as long to start. What a release is compiled with is tested
 * in `test/package`, and what people run in a checkout in `test/examples`.
 */
export function compiledSources(): Promise<string> {
  built ??= compileOnce();
  return built;
}

/**
 * A program of ours as JavaScript, for `node`.
 * @param name its place in the checkout, such as `test/support/worker-process.ts`
 */
export async function compiledProgram(name: string): Promise<string> {
  return path.join(await compiledSources(), compiledName(name));
}

const compiledName = (name: string): string => name.replace(/\.ts$/, '.js');

async function compileOnce(): Promise<string> {
  const sources = await readSources();
  const hash = createHash('sha256');
  for (const { name, text } of sources) hash.update(`${name}\0${text}\0`);
  hash.update(await readFile(import.meta.filename));
  const folder = path.join(builds, hash.digest('hex').slice(0, 24));
  if (existsSync(folder)) return folder;
  await mkdir(builds, { recursive: true });
  await removeUnused(builds, OLD_MS);
  const partial = `${folder}.${String(process.pid)}`;
  await Promise.all(
    sources.map(async ({ name, text }) => {
      const file = path.join(partial, compiledName(name));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, name.endsWith('.ts') ? await compile(name, text) : text);
    }),
  );
  await symlink('.', path.join(partial, 'dist'));
  await symlink(path.join(root, 'tools'), path.join(partial, 'tools'));
  await rename(partial, folder).catch(async (thrown: unknown) => {
    // Another process was first.
    await rm(partial, { recursive: true });
    if (!existsSync(folder)) throw thrown;
  });
  return folder;
}

async function readSources(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const names = [...single];
  for (const room of [...rooms, ...programs]) {
    for (const entry of await readdir(path.join(root, room), { recursive: true, withFileTypes: true })) {
      const name = path.relative(root, path.join(entry.parentPath, entry.name));
      if (entry.isFile() && !/\.test\.ts$|node_modules|^examples\/recipes/.test(name)) names.push(name);
    }
  }
  return Promise.all(
    names.sort().map(async (name) => ({ name, text: await readFile(path.join(root, name), 'utf8') })),
  );
}

/** The types of the compiler do not know how it writes imports of `.ts` files as imports of `.js` files. */
const language = {
  parser: { syntax: 'typescript' },
  target: 'es2022',
  rewriteRelativeImportExtensions: true,
} as const;

async function compile(name: string, text: string): Promise<string> {
  const { code } = await transform(text, {
    filename: path.join(root, name),
    swcrc: false,
    jsc: language,
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
  return code;
}
