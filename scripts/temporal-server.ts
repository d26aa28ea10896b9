/**
 * A Temporal server without ceremony, for demo, tests and bench alike: the one the environment names, else a
 * development server of our own, tuned, with a file database and the UI on.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { progressOnStandardError, type Environment, type Progress } from './cache.ts';
import { freePort, isListening, until } from './ports.ts';
import { startSupervised, tailOf, type Supervised } from './supervised.ts';
import { temporalBinary } from './temporal/binary.ts';
import { checkNamespace } from './temporal/connection.ts';
import { serverArguments, serverEnvironment, type SearchAttribute } from './temporal/settings.ts';
import { reasonOf, toolError } from './ways.ts';

/** How to start a server; every field has a default that suits tests. */
export interface TemporalServerOptions {
  /** gRPC port; a free one by default. */
  readonly port?: number;
  /** UI port; a free one by default. */
  readonly uiPort?: number;
  /** Without UI. */
  readonly headless?: boolean;
  /** The database file, kept on stop; by default a temporary one, removed on stop. */
  readonly databaseFile?: string;
  /** Namespace to use and create; `default` by default. */
  readonly namespace?: string;
  /** Registered at start, the contract's by default; on a server of somebody else they must be there already. */
  readonly searchAttributes?: readonly SearchAttribute[];
  /** False starts the server with its own defaults, to show what tuning is worth. */
  readonly tuned?: boolean;
  /** More dynamic configuration, such as `{ 'limit.historyCount.error': 300 }`. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** Instead of `process.env`. */
  readonly environment?: Environment;
  /** Sees progress; standard error by default. */
  readonly progress?: Progress;
}

/** A Temporal server that answers. */
export interface TemporalServer {
  /** `host:port` for clients and workers. */
  readonly address: string;
  readonly namespace: string;
  /** Address of its UI, such as `http://127.0.0.1:8233`; undefined when there is none or it is not known. */
  readonly uiAddress: string | undefined;
  /** Whether we started it. */
  readonly owned: boolean;
  /** Ends what we started, and nothing else. Repeated calls are harmless. */
  readonly stop: () => Promise<void>;
}

/** A Temporal server that we started, and so may break. */
export interface OwnedTemporalServer extends TemporalServer {
  readonly owned: true;
  readonly databaseFile: string;
  /** Process id of the server. */
  readonly pid: () => number;
  /** Crashes it (SIGKILL) and waits until it is gone. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same database and ports, after a `kill`. */
  readonly restart: () => Promise<void>;
}

const readyLimitMs = 60_000;

/**
 * The server to use: that of `TEMPORAL_ADDRESS` (never stopped by us; `TEMPORAL_NAMESPACE` and the SDK's other
 * variables hold too, `TEMPORAL_UI_ADDRESS` names its UI), else one that we start.
 * Throws `TEMPORAL_SERVER_UNREACHABLE`, `TEMPORAL_SERVER_UNAVAILABLE` or `TEMPORAL_SERVER_FAILED`.
 */
export async function ensureTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  const environment = options.environment ?? process.env;
  const address = environment['TEMPORAL_ADDRESS'];
  if (!address) return startTemporalServer(options);
  const overrideEnvVars = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const config = loadClientConnectConfig({ overrideEnvVars });
  const namespace = config.namespace ?? options.namespace ?? 'default';
  try {
    await checkNamespace(config.connectionOptions, namespace);
  } catch (error) {
    throw toolError(
      'TEMPORAL_SERVER_UNREACHABLE',
      `TEMPORAL_ADDRESS is ${address}, but no Temporal server with namespace "${namespace}" answers there ` +
        `(${reasonOf(error)}). Start it, correct the address, or unset TEMPORAL_ADDRESS to have one started.`,
    );
  }
  return {
    address,
    namespace,
    uiAddress: environment['TEMPORAL_UI_ADDRESS'],
    owned: false,
    stop: () => Promise.resolve(),
  };
}

/**
 * Starts a development server of our own, whatever `TEMPORAL_ADDRESS` says: for tests and for the bench, which
 * break and measure it. Ready when it resolves. Throws `TEMPORAL_SERVER_UNAVAILABLE` or `TEMPORAL_SERVER_FAILED`.
 */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<OwnedTemporalServer> {
  const environment = options.environment ?? process.env;
  const progress = options.progress ?? progressOnStandardError;
  const namespace = options.namespace ?? 'default';
  const command = await temporalBinary(environment, progress);

  const folder = await mkdtemp(path.join(tmpdir(), 'baton-temporal-'));
  const databaseFile = options.databaseFile ?? path.join(folder, 'temporal.db');
  await mkdir(path.dirname(path.resolve(databaseFile)), { recursive: true });
  const logFile = path.join(folder, 'server.log');
  const port = options.port ?? (await freePort());
  const uiPort = options.headless === true ? undefined : (options.uiPort ?? (await freePort()));
  const address = `127.0.0.1:${String(port)}`;

  const launch = async (): Promise<Supervised> => {
    for (const taken of [port, uiPort]) {
      if (taken !== undefined && (await isListening(taken))) {
        throw toolError(
          'TEMPORAL_SERVER_FAILED',
          `Port ${String(taken)} is in use. Stop what listens there, or choose another port.`,
        );
      }
    }
    const server = await startSupervised({
      command,
      args: serverArguments({ ...options, port, uiPort, namespace, databaseFile }),
      folder,
      environment: serverEnvironment(options.tuned ?? true),
      logFile,
      // A database that goes with the server needs no orderly end, which takes a second.
      stopSignal: options.databaseFile === undefined ? 'SIGKILL' : 'SIGTERM',
      graceMs: 3_000,
      removeWhenStopped: [folder],
    });
    let reason = 'it did not answer in time';
    const check = async (): Promise<boolean> =>
      (await isListening(port)) &&
      checkNamespace({ address }, namespace).then(
        () => true,
        (error: unknown) => {
          reason = reasonOf(error);
          return false;
        },
      );
    const ready = await until(check, { limitMs: readyLimitMs, giveUp: server.hasExited });
    if (ready) return server;
    const log = await tailOf(logFile);
    await server.stop();
    throw toolError(
      'TEMPORAL_SERVER_FAILED',
      `${command} did not become ready on ${address} (${reason}). Its last lines:\n${log}`,
    );
  };

  let current: Supervised;
  try {
    current = await launch();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    address,
    namespace,
    uiAddress: uiPort === undefined ? undefined : `http://127.0.0.1:${String(uiPort)}`,
    owned: true,
    databaseFile,
    pid: () => current.pid,
    stop: async () => {
      await current.stop();
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => current.kill(),
    restart: async () => {
      await current.kill();
      current = await launch();
    },
  };
}
