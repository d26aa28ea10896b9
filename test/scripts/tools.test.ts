import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alone, cacheFolder, makeOnce } from '../../scripts/cache.ts';
import { ensureChromium, whyNoChromium } from '../../scripts/chromium.ts';
import { ensureTemporalServer, startTemporalServer } from '../../scripts/temporal-server.ts';

const quiet = (): void => undefined;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-tools-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('when no way works', () => {
  /** Nothing installed, nothing cached, and a proxy that refuses, so that no download can work either. */
  const nothing = () => ({ PATH: '', BATON_CACHE: folder, HTTPS_PROXY: 'http://127.0.0.1:1' });

  test('a Temporal server is refused, with each way tried and what would help', async () => {
    const refused = startTemporalServer({ environment: nothing(), progress: quiet });
    await expect(refused).rejects.toMatchObject({ code: 'TEMPORAL_SERVER_UNAVAILABLE' });
    await expect(refused).rejects.toThrow(
      /temporal on the PATH: not found\n.*earlier build.*\n.*earlier download.*\n.*SDK's download: .+\n.*Go: Go is not installed\n(.*\n)*.*TEMPORAL_ADDRESS/,
    );
  });

  test('a Chromium is refused likewise, and said to be out of reach before anybody tries', async () => {
    const refused = ensureChromium({ environment: nothing(), progress: quiet });
    await expect(refused).rejects.toMatchObject({ code: 'CHROMIUM_UNAVAILABLE' });
    await expect(refused).rejects.toThrow(
      /on the PATH: not found\n.*apt-get install chromium: there is no apt-get\n(.*\n)*.*install Chromium/,
    );
    expect(whyNoChromium(nothing())).toBe('no Chromium on the PATH, and no apt-get to install one');
  });

  test('another program named temporal is not taken for the CLI', async () => {
    const impostor = path.join(folder, 'temporal');
    await writeFile(impostor, '#!/bin/sh\necho something else\n');
    await chmod(impostor, 0o755);
    const environment = { ...nothing(), PATH: folder, BATON_CACHE: path.join(folder, 'cache') };
    await expect(startTemporalServer({ environment, progress: quiet })).rejects.toThrow(
      `${impostor} is not the Temporal CLI`,
    );
  });
});

test('an address where nothing answers is refused, naming it', async () => {
  const refused = ensureTemporalServer({ environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
  await expect(refused).rejects.toMatchObject({ code: 'TEMPORAL_SERVER_UNREACHABLE' });
  await expect(refused).rejects.toThrow('127.0.0.1:1');
});

describe('the cache', () => {
  test('lies where the environment says', () => {
    expect(cacheFolder({ BATON_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b', HOME: '/c' })).toBe('/b/baton');
    expect(cacheFolder({ HOME: '/c' })).toBe('/c/.cache/baton');
  });

  test('lets one work at a time under a lock, and the next one also after a failure', async () => {
    const lock = path.join(folder, 'some.lock');
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await readdir(folder);
      order.push(`${name} ends`);
      if (name === 'first') throw new Error('it failed');
    };
    const first = alone(lock, quiet, work('first'));
    const both = await Promise.allSettled([first, alone(lock, quiet, work('second'))]);
    expect(both.map((one) => one.status)).toEqual(['rejected', 'fulfilled']);
    expect(order.map((line) => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('makes a thing once for two that want it, also past the lock of a dead process', async () => {
    const target = path.join(folder, 'thing');
    await writeFile(`${target}.lock`, String(2 ** 30));
    let made = 0;
    const isThere = async () => (await readdir(folder)).includes('thing');
    const make = async (temporary: string) => {
      made += 1;
      await writeFile(temporary, 'whole');
    };
    await Promise.all([1, 2].map(() => makeOnce({ target, isThere, make, progress: quiet })));
    expect(made).toBe(1);
    expect(await readdir(folder)).toEqual(['thing']);
  });

  test('keeps nothing of a making that failed', async () => {
    const target = path.join(folder, 'thing');
    const make = async (temporary: string) => {
      await writeFile(temporary, 'half');
      throw new Error('no luck');
    };
    await expect(
      makeOnce({ target, isThere: () => Promise.resolve(false), make, progress: quiet }),
    ).rejects.toThrow('no luck');
    expect(await readdir(folder)).toEqual([]);
  });
});
