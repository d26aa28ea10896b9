import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keptBundle, keptBundles } from '../../../command/replay/kept-bundle.ts';

let folder: string;
let cache: string;
let source: string;
let rival: string;
let made: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-kept-'));
  cache = path.join(folder, 'cache');
  source = path.join(folder, 'source.ts');
  rival = path.join(folder, 'source.js');
  made = 0;
  await writeLongAgo('one');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A source that has not changed for an hour. */
async function writeLongAgo(text: string): Promise<void> {
  await writeFile(source, text);
  const then = new Date(Date.now() - 3_600_000);
  await utimes(source, then, then);
}

/** What a bundler would do: its code is what the source says. */
const bundle = (key: readonly string[] = ['1'], meanwhile?: () => Promise<void>): Promise<string> =>
  keptBundle(cache, key, async () => {
    made += 1;
    const code = `code of\n${await readFile(source, 'utf8')}`;
    await meanwhile?.();
    return { code, read: [source, folder, path.join(folder, 'in memory')], missed: [rival] };
  });

test('what was made of the same files is not made again', async () => {
  expect(await bundle()).toBe('code of\none');
  expect(await bundle()).toBe('code of\none');
  expect(made).toBe(1);
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a file that was read says something else', () => writeLongAgo('two'), 'code of\ntwo'],
  ['something is where nothing was', () => writeFile(rival, ''), 'code of\none'],
  ['what is kept was cut short', () => damage((text) => text.slice(0, -1)), 'code of\none'],
  ['what is kept was written over', () => damage((text) => text.replace('one', 'own')), 'code of\none'],
  [
    'what is kept is of another version',
    () => damage((text) => text.replace('"1.0.0"', '"2.0.0"')),
    'code of\none',
  ],
  ['what is kept is nothing', () => damage(() => ''), 'code of\none'],
])('it is made again when %s', async (_, change, code) => {
  await bundle();
  await change();
  expect(await bundle()).toBe(code);
  expect(made).toBe(2);
});

async function damage(how: (text: string) => string): Promise<void> {
  const [name = ''] = await readdir(cache);
  const file = path.join(cache, name);
  await writeFile(file, how(await readFile(file, 'utf8')));
}

test('what is made with other options or another bundler is another thing', async () => {
  await bundle(['1']);
  await bundle(['2']);
  await bundle(['1']);
  expect(made).toBe(2);
});

test('nothing is kept of a file that changed while it was being made', async () => {
  expect(await bundle(['1'], () => writeFile(source, 'two'))).toBe('code of\none');
  expect(await readdir(folder)).not.toContain('cache');
  expect(await bundle()).toBe('code of\ntwo');
});

test('where nothing can be kept, it is made every time', async () => {
  await writeFile(cache, 'a file where a folder should be');
  expect(await bundle()).toBe('code of\none');
  expect(await bundle()).toBe('code of\none');
  expect(made).toBe(2);
});

test('what nobody has asked for in a week goes; what is asked for stays', async () => {
  await bundle(['1']);
  await bundle(['2']);
  const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
  for (const name of await readdir(cache)) await utimes(path.join(cache, name), longAgo, longAgo);
  await bundle(['2']);
  await bundle(['3']);
  expect(await readdir(cache)).toHaveLength(2);
  await bundle(['2']);
  expect(made).toBe(3);
});

test('it lies where the environment says, for its owner alone', async () => {
  await bundle();
  const [name = ''] = await readdir(cache);
  expect((await stat(cache)).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(cache, name))).mode & 0o777).toBe(0o600);
  expect(keptBundles({ BATON_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/a/replay-bundles');
  expect(keptBundles({ XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/b/baton/replay-bundles');
  expect(keptBundles({ HOME: '/c' })).toBe('/c/.cache/baton/replay-bundles');
});
