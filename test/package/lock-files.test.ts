import { readFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** What of a lock file is read here, as npm writes it (version 3). */
interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Dependencies that a lock file names and has no entry for. npm leaves an optional one out, without a word, where its
 * registry does not have that version for some platform; `npm ci` then refuses the whole file.
 */
function lackingIn({ packages }: LockFile): readonly string[] {
  return Object.entries(packages).flatMap(([place, { dependencies, optionalDependencies }]) =>
    Object.entries({ ...dependencies, ...optionalDependencies })
      .filter(([name]) => !placesFrom(place).some((folder) => `${folder}node_modules/${name}` in packages))
      .map(([name, range]) => `${place || 'the package'} wants ${name} ${range}`),
  );
}

/** Folders in which a package looks for others: its own, then those around it. */
function placesFrom(place: string): readonly string[] {
  const parts = place === '' ? [] : place.split(/\/?node_modules\//).slice(1);
  return [...parts.keys(), parts.length].map((depth) =>
    parts
      .slice(0, depth)
      .map((name) => `node_modules/${name}/`)
      .join(''),
  );
}

test.each(['.', 'bench/openai-agents', 'examples/recipes/claude-agent'])(
  'the lock file of %s has an entry for every package of every platform',
  async (folder) => {
    const text = await readFile(path.join(root, folder, 'package-lock.json'), 'utf8');
    expect(lackingIn(JSON.parse(text) as LockFile)).toEqual([]);
  },
);
