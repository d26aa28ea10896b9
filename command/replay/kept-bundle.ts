import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** Code, and all that it was made of. */
export interface Made {
  readonly code: string;
  /** Files and folders that were read. */
  readonly read: readonly string[];
  /** Places where something was looked for and nothing was: what appears there may be taken instead. */
  readonly missed: readonly string[];
}

/** First line of a kept file; the rest is the code. */
interface Label {
  readonly version: string;
  /** Digest of the code. */
  readonly code: string;
  /** Digests of what was read, by place. */
  readonly read: Readonly<Record<string, string>>;
  readonly missed: readonly string[];
}

const VERSION = '1.0.0';

/** What nobody has asked for so long is of a release, or of sources, that are gone. */
const OLD_MS = 7 * 24 * 3_600_000;

/** What changed so shortly before it was read may have changed since: times of files are coarse. */
const COARSE_MS = 2_000;

/** In place of the digest of what is no file: a folder, or what a bundler has in its memory. */
const NO_FILE = 'no file';

/** Where kept bundles lie: `BATON_CACHE`, else `XDG_CACHE_HOME/baton`, else `~/.cache/baton`. */
export function keptBundles(environment: Readonly<Record<string, string | undefined>>): string {
  const { BATON_CACHE, XDG_CACHE_HOME, HOME } = environment;
  const cache = BATON_CACHE ?? path.join(XDG_CACHE_HOME ?? path.join(HOME ?? homedir(), '.cache'), 'baton');
  return path.resolve(cache, 'replay-bundles');
}

/**
 * Code as it was made before, where everything it was made of is as it was: each file by its content, and each place
 * that was empty. Making it takes seconds of a processor. Where nothing can be kept (a disk that is read only), it is
 * made every time.
 * @param key what it is made of besides: programs, their versions, their options
 */
export async function keptBundle(
  folder: string,
  key: readonly string[],
  make: () => Promise<Made>,
): Promise<string> {
  const file = path.join(folder, `${digest(JSON.stringify(key)).slice(0, 32)}.js`);
  const kept = await readKept(file);
  if (kept !== undefined) return kept;
  const started = Date.now();
  const made = await make();
  if (await areOlder(made.read, started - COARSE_MS)) await keep(file, made).catch(() => undefined);
  return made.code;
}

async function readKept(file: string): Promise<string | undefined> {
  try {
    // It is run: nobody else may have put it there.
    if ((await stat(file)).uid !== process.getuid?.() && process.getuid) return undefined;
    const text = await readFile(file, 'utf8');
    const end = text.indexOf('\n');
    const label = JSON.parse(text.slice(0, end)) as Label;
    const code = text.slice(end + 1);
    if (label.version !== VERSION || label.code !== digest(code)) return undefined;
    if (label.missed.some((place) => existsSync(place))) return undefined;
    const read = Object.entries(label.read);
    const now = await Promise.all(read.map(([place]) => contentOf(place)));
    if (read.some(([, content], index) => content !== now[index])) return undefined;
    const used = new Date();
    await utimes(file, used, used).catch(() => undefined);
    return code;
  } catch {
    // Absent, of another version or damaged: as good as absent.
    return undefined;
  }
}

async function keep(file: string, { code, read, missed }: Made): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeOld(folder);
  const contents = await Promise.all(read.map(async (place) => [place, await contentOf(place)] as const));
  const label: Label = {
    version: VERSION,
    code: digest(code),
    read: Object.fromEntries(contents),
    missed: [...missed],
  };
  const whole = `${file}.${String(process.pid)}`;
  try {
    await writeFile(whole, `${JSON.stringify(label)}\n${code}`, { mode: 0o600 });
    await rename(whole, file);
  } finally {
    await rm(whole, { force: true });
  }
}

/** Whether nothing has changed since: what is kept must be of the very files that were bundled. */
async function areOlder(places: readonly string[], than: number): Promise<boolean> {
  const found = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
  return found.every((one) => one?.isFile() !== true || one.mtimeMs < than);
}

async function contentOf(place: string): Promise<string> {
  return readFile(place).then(digest, () => NO_FILE);
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > OLD_MS) await rm(file, { force: true });
  }
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
