/**
 * The user's cache folder: what is expensive to obtain (server binaries) lives outside the checkout, so that a
 * fresh clone finds it. Files appear whole or not at all, and two processes do not obtain the same thing twice.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Shows one line of progress to a person. */
export type Progress = (line: string) => void;

/** Progress on standard error, so that standard output stays the program's own. */
export const progressOnStandardError: Progress = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Where to keep things: `BATON_CACHE`, else `XDG_CACHE_HOME/baton`, else `~/.cache/baton`. */
export function cacheFolder(environment: Environment): string {
  if (environment['BATON_CACHE']) return path.resolve(environment['BATON_CACHE']);
  const base = environment['XDG_CACHE_HOME'] ?? path.join(environment['HOME'] ?? homedir(), '.cache');
  return path.join(base, 'baton');
}

/**
 * Makes a file or folder in the cache exactly once: under a lock, at a temporary name beside its place, renamed
 * when whole. `make` gets the temporary name. When another process has finished meanwhile, nothing is made.
 */
export async function makeOnce(options: {
  readonly target: string;
  readonly isThere: () => Promise<boolean>;
  readonly make: (temporary: string) => Promise<void>;
  readonly progress: Progress;
}): Promise<void> {
  const { target, isThere, make, progress } = options;
  const temporary = `${target}.making-${String(process.pid)}`;
  await alone(`${target}.lock`, progress, async () => {
    try {
      if (await isThere()) return;
      await make(temporary);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/**
 * Removes what has not been used for a while: of sources that have changed since.
 * @param unusedMs since its last time of modification, which whoever uses it sets
 * @param ending how names end of what may go; of everything in the folder when absent
 */
export async function removeUnused(folder: string, unusedMs: number, ending = ''): Promise<void> {
  for (const name of await readdir(folder)) {
    const place = path.join(folder, name);
    const found = await stat(place).catch(() => undefined);
    if (name.endsWith(ending) && found && Date.now() - found.mtimeMs > unusedMs)
      await rm(place, { recursive: true, force: true });
  }
}

/** Does something while no other process does anything under the same lock file. */
export async function alone<Result>(
  lockFile: string,
  progress: Progress,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(path.dirname(lockFile), { recursive: true });
  const release = await lock(lockFile, progress);
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * Takes a lock file that names its holder; a lock whose holder has died is taken over. In the worst case (two
 * take over at once) a thing is made twice: the rename keeps even that harmless.
 */
async function lock(file: string, progress: Progress): Promise<() => Promise<void>> {
  for (let round = 0; ; round += 1) {
    if (await claim(file)) {
      return async () => {
        await rm(file, { force: true });
      };
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (round % 40 === 0) {
      progress(
        `Waiting for process ${String(holder)}, which is preparing ${path.basename(file, '.lock')} ...`,
      );
    }
    await wait(250);
  }
}

/** Creates the lock with its holder already in it (a link is atomic, writing is not); false when it exists. */
async function claim(file: string): Promise<boolean> {
  const own = `${file}.${String(process.pid)}-${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** The code of a system error. Not by `instanceof`: under a test runner such errors come from another realm. */
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
