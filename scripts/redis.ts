/**
 * Redis for tests and demos: the installed server on a free loopback port, in a temporary folder, keeping nothing on
 * the disk. On Debian, root gets the package installed when it is missing.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { progressOnStandardError, type Environment, type Progress } from './cache.ts';
import { installPackage } from './debian-package.ts';
import { freePort, isListening, until } from './ports.ts';
import { onPath } from './run.ts';
import { startSupervised, tailOf, type Supervised } from './supervised.ts';
import { failed, firstThatWorks, found, toolError, type Attempt } from './ways.ts';

/** How to get a Redis. */
export interface RedisOptions {
  /** Asked of every client; none when absent. */
  readonly password?: string;
  /** TLS only, with this certificate and key in PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Instead of `process.env`. */
  readonly environment?: Environment;
  /** Sees progress; standard error by default. */
  readonly progress?: Progress;
}

/** A Redis of our own. */
export interface OwnedRedis {
  /** Where it is; without the password. */
  readonly url: string;
  readonly port: number;
  /** Stops it in its tracks (SIGSTOP): connections stay, and nothing is answered. */
  readonly freeze: () => void;
  /** Lets it go on (SIGCONT). */
  readonly thaw: () => void;
  /** Kills it (SIGKILL) and waits until it is gone. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port, empty, after a `kill`. */
  readonly start: () => Promise<void>;
  /** Ends it and removes its files. */
  readonly stop: () => Promise<void>;
}

const readyLimitMs = 30_000;

/** Starts a private Redis. Throws `REDIS_UNAVAILABLE` naming every way tried, or `REDIS_FAILED`. */
export async function startRedis(options: RedisOptions = {}): Promise<OwnedRedis> {
  const environment = options.environment ?? process.env;
  const command = await serverBinary(environment, options.progress ?? progressOnStandardError);
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-redis-'));
  await chmod(folder, 0o700);
  const port = await freePort();
  const server = { command, folder, port, options };
  let current: Supervised;
  try {
    current = await launch(server);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `${options.tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${String(port)}`,
    port,
    freeze: () => {
      process.kill(current.pid, 'SIGSTOP');
    },
    thaw: () => {
      process.kill(current.pid, 'SIGCONT');
    },
    kill: () => current.kill(),
    start: async () => {
      await current.kill();
      current = await launch(server);
    },
    stop: async () => {
      // A frozen process does not hear that it should end.
      if (!current.hasExited()) process.kill(current.pid, 'SIGCONT');
      await current.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server's program. */
async function serverBinary(environment: Environment, progress: Progress): Promise<string> {
  const onThePath = (): Attempt => {
    const server = onPath('redis-server', environment);
    return server === undefined ? failed('not found') : found(server);
  };
  return firstThatWorks({
    code: 'REDIS_UNAVAILABLE',
    problem: 'There is no Redis server to use, and none could be installed.',
    ways: [
      { name: 'redis-server on the PATH', attempt: async () => onThePath() },
      {
        name: 'apt-get install redis-server',
        attempt: async () => (await installPackage('redis-server', environment, progress)) ?? onThePath(),
      },
    ],
    remedies: ['install the Redis server (Debian: apt-get install redis-server) so that it is on the PATH'],
  });
}

async function launch(server: {
  readonly command: string;
  readonly folder: string;
  readonly port: number;
  readonly options: RedisOptions;
}): Promise<Supervised> {
  const { command, folder, port, options } = server;
  const { password, tls } = options;
  const logFile = path.join(folder, 'server.log');
  const place =
    tls === undefined
      ? ['--port', String(port)]
      : [
          ...['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no'],
          ...[
            '--tls-cert-file',
            tls.certificate,
            '--tls-key-file',
            tls.key,
            '--tls-ca-cert-file',
            tls.certificate,
          ],
        ];
  const process = await startSupervised({
    command,
    args: [
      ...['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, ...place],
      ...(password === undefined ? [] : ['--requirepass', password]),
    ],
    folder,
    environment: {},
    logFile,
    stopSignal: 'SIGTERM',
    graceMs: 5_000,
    removeWhenStopped: [folder],
  });
  const ready = await until(() => isListening(port), {
    limitMs: readyLimitMs,
    everyMs: 20,
    giveUp: process.hasExited,
  });
  if (ready) return process;
  const log = await tailOf(logFile);
  await process.stop();
  throw toolError(
    'REDIS_FAILED',
    `Redis did not become ready on port ${String(port)}. Its last lines:\n${log}`,
  );
}
