import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { BatonError, failure } from '../../contract/failures.ts';

/** A claim that has not been renewed for so long belongs to nobody: its host was switched off or replaced. */
const STALE_AFTER_MS = 30_000;
const RENEW_EVERY_MS = 5_000;

/** One host's hold on a database file, renewed while the file is open. */
export interface HostClaim {
  /** A failure once another host has taken the file over, as it may when this one slept for longer than the claim. */
  lost(): BatonError | undefined;
  /** Renews the claim, or notices that it was lost. Happens by itself every five seconds. */
  renew(): Promise<void>;
  /** Stops the renewal. The claim stands until it is stale, since other processes of this host may use the file. */
  release(): void;
}

/**
 * What tells this host from another: the boot id of the running kernel, else the host's name. All containers of one
 * machine share the boot id, whatever they are called and however often they restart; two machines never do.
 */
export function hostIdentity(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}

/**
 * Claims a database file for a host. The claim is a small file beside it (`<path>.host`), because merely opening a
 * database in WAL mode whose memory is mapped on another host can damage it. Copying the database alone takes no
 * claim with it.
 * @throws a failure `STORE_IN_USE` while another host renews its claim
 */
export async function claimHost(path: string, host: string): Promise<HostClaim> {
  const file = `${path}.host`;
  await takeClaim(path, file, host);

  let lost: BatonError | undefined;
  const renew = async (): Promise<void> => {
    const holder = await readHolder(file);
    if (holder?.host === host) await touch(file, holder.text);
    else if (holder === undefined) await takeClaim(path, file, host);
    else lost = inUse(path, holder.hostname);
  };
  const timer = setInterval(() => {
    // A renewal that fails leaves the claim to go stale; the next one may succeed.
    void renew().catch(() => undefined);
  }, RENEW_EVERY_MS);
  timer.unref();
  return {
    lost: () => lost,
    renew,
    release: () => {
      clearInterval(timer);
    },
  };
}

async function takeClaim(path: string, file: string, host: string): Promise<void> {
  // Written elsewhere and put in place whole: nobody ever reads half a claim.
  const candidate = `${file}.${randomUUID()}`;
  await writeFile(candidate, `${JSON.stringify({ host, hostname: hostname() })}\n`);
  try {
    if (await linked(candidate, file)) return;
    const holder = await readHolder(file);
    if (holder?.host === host) {
      await touch(file, holder.text);
      return;
    }
    // Ages are measured by the clock of the file system, which both hosts share, and not by their own.
    const age = (await stat(candidate)).mtimeMs - (await stat(file)).mtimeMs;
    if (age < STALE_AFTER_MS) throw inUse(path, holder?.hostname ?? 'unknown');
    await rename(candidate, file);
  } finally {
    await rm(candidate, { force: true });
  }
}

/** Puts a file in place under a name unless the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'EEXIST')
      return false;
    throw thrown;
  }
}

/** Renews a claim: the same bytes again, without truncating first, give it the file system's present time. */
async function touch(file: string, text: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write(text, 0);
  } finally {
    await handle.close();
  }
}

async function readHolder(
  file: string,
): Promise<{ text: string; host: string; hostname: string } | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const host: unknown = Reflect.get(value, 'host');
    const name: unknown = Reflect.get(value, 'hostname');
    return typeof host === 'string' && typeof name === 'string' ? { text, host, hostname: name } : undefined;
  } catch {
    return undefined;
  }
}

function inUse(path: string, holder: string): BatonError {
  const seconds = String(STALE_AFTER_MS / 1000);
  return new BatonError(
    failure(
      'STORE_IN_USE',
      `${path} is open on host ${holder} (it becomes free ${seconds} s after the last process there has ended)`,
    ),
  );
}
