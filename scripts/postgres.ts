/**
 * PostgreSQL for tests and demos: the one the environment names, else a private cluster of the installed server,
 * in a temporary folder and on a free loopback port. On Debian, root gets the package installed when it is missing.
 */
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { progressOnStandardError, type Environment, type Progress } from './cache.ts';
import { freePort, isListening, until } from './ports.ts';
import { serverBinaries, unprivilegedUser, type SystemUser } from './postgres/installation.ts';
import { run } from './run.ts';
import { startSupervised, tailOf, type Supervised } from './supervised.ts';
import { reasonOf, toolError } from './ways.ts';

/** How to get a PostgreSQL; the defaults suit tests. */
export interface PostgresOptions {
  /** True makes each commit wait for the disk; tests do not need it, and a killed process loses nothing without. */
  readonly durable?: boolean;
  /** Instead of `process.env`. */
  readonly environment?: Environment;
  /** Sees progress; standard error by default. */
  readonly progress?: Progress;
  /** Takes connections over TLS alone, with this certificate and its key in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A PostgreSQL that answers. */
export interface Postgres {
  /** Connection URL of a database we may create tables in. */
  readonly url: string;
  /** Whether we started it; only then can it be killed and started again. */
  readonly owned: boolean;
  /** Ends what we started and removes its files. */
  readonly stop: () => Promise<void>;
}

/** A private cluster. */
export interface OwnedPostgres extends Postgres {
  readonly owned: true;
  /** Crashes it: `immediate` as PostgreSQL words it (SIGQUIT), or SIGKILL. Waits until it is gone. */
  readonly kill: (how: 'immediate' | 'SIGKILL') => Promise<void>;
  /** Starts it again on the same files and port, after a `kill`; recovery included. */
  readonly start: () => Promise<void>;
}

const readyLimitMs = 60_000;

/**
 * The database of `BATON_TEST_POSTGRES_URL` (never stopped by us), else a private cluster.
 * Throws `POSTGRES_UNAVAILABLE` naming every way tried, or `POSTGRES_FAILED`.
 */
export async function ensurePostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const url = (options.environment ?? process.env)['BATON_TEST_POSTGRES_URL'];
  if (!url) return startPostgres(options);
  const problem = await askForAnswer(url);
  if (problem !== undefined) {
    throw toolError(
      'POSTGRES_UNAVAILABLE',
      `BATON_TEST_POSTGRES_URL is set, but no database answers: ${problem}.`,
    );
  }
  return { url, owned: false, stop: () => Promise.resolve() };
}

/** Starts a private cluster, whatever the environment says: for tests that crash it. */
export async function startPostgres(options: PostgresOptions = {}): Promise<OwnedPostgres> {
  const environment = options.environment ?? process.env;
  const binaries = await serverBinaries(environment, options.progress ?? progressOnStandardError);
  const user = await unprivilegedUser();
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-postgres-'));
  const port = await freePort();
  const url = `postgresql://baton@127.0.0.1:${port}/postgres`;
  const { durable = false, tls } = options;
  const cluster = { binaries, folder, port, url, durable, user, environment, tls };
  let current: Supervised;
  try {
    if (user !== undefined) await chown(folder, user.uid, user.gid);
    await createCluster(cluster);
    current = await launch(cluster);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    owned: true,
    stop: async () => {
      await current.stop();
      await rm(folder, { recursive: true, force: true });
    },
    kill: async (how) => {
      await current.kill(how === 'immediate' ? 'SIGQUIT' : 'SIGKILL');
      // Its children notice a moment later, and until then one that was just made may keep the port open.
      await until(async () => !(await isListening(port)), { limitMs: readyLimitMs });
    },
    start: async () => {
      await current.kill();
      current = await launch(cluster);
    },
  };
}

interface Cluster {
  readonly binaries: string;
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly durable: boolean;
  readonly user: SystemUser | undefined;
  readonly environment: Environment;
  readonly tls: PostgresOptions['tls'];
}

async function createCluster({ binaries, folder, user, environment, tls }: Cluster): Promise<void> {
  const outcome = await run({
    command: path.join(binaries, 'initdb'),
    args: [
      ...['--pgdata', path.join(folder, 'data'), '--username', 'baton', '--auth', 'trust'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    ],
    folder,
    environment,
    limitMs: readyLimitMs,
    ...(user === undefined ? {} : { user }),
  });
  if (!outcome.ok) throw toolError('POSTGRES_FAILED', `initdb did not create a cluster:\n${outcome.tail}`);
  if (tls === undefined) return;
  const file = (name: string): string => path.join(folder, 'data', name);
  await writeFile(file('server.crt'), tls.certificate);
  await writeFile(file('server.key'), tls.key, { mode: 0o600 });
  // Whoever does not speak TLS has no entry, and is refused.
  await writeFile(file('pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');
  if (user === undefined) return;
  for (const name of ['server.crt', 'server.key', 'pg_hba.conf']) await chown(file(name), user.uid, user.gid);
}

async function launch(cluster: Cluster): Promise<Supervised> {
  const { binaries, folder, port, url, durable, user, tls } = cluster;
  const logFile = path.join(folder, 'server.log');
  const settings = [
    'listen_addresses=127.0.0.1', // loopback only: the cluster trusts whoever reaches it
    'unix_socket_directories=',
    `fsync=${durable ? 'on' : 'off'}`,
    'max_connections=200',
    ...(tls === undefined ? [] : ['ssl=on']),
  ];
  const server = await startSupervised({
    command: path.join(binaries, 'postgres'),
    args: ['-D', path.join(folder, 'data'), '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
    folder,
    environment: {},
    logFile,
    stopSignal: 'SIGINT', // "fast": does not wait for clients
    graceMs: 5_000,
    removeWhenStopped: [folder],
    ...(user === undefined ? {} : { user }),
  });
  let problem: string | undefined = 'it ended';
  const ready = await until(
    async () => {
      problem = await askForAnswer(tls === undefined ? url : `${url}?sslmode=no-verify`);
      return problem === undefined;
    },
    { limitMs: readyLimitMs, everyMs: 50, giveUp: server.hasExited },
  );
  if (ready) return server;
  const log = await tailOf(logFile);
  await server.stop();
  throw toolError(
    'POSTGRES_FAILED',
    `PostgreSQL did not become ready on port ${port} (${problem}). Its last lines:\n${log}`,
  );
}

/** Why the database at a URL does not answer; undefined when it does. */
async function askForAnswer(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A server that ends while we ask says so by an event; the query's rejection is enough.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
