import type { Connection, ConnectionOptions } from '@temporalio/client';
import { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { BatonError, failure } from '../contract/failures.ts';
import type { CaseKeys } from '../contract/key-ports.ts';
import type { ContextStore, LedgerStore } from '../contract/ports.ts';
import { codecOfEnvironment } from '../security/of-environment.ts';
import type { BatonClient } from './baton-client.ts';
import { createBatonClient } from './baton-client.ts';
import { privateTeamsOf } from './private-teams.ts';
import { openConnection, type ClosingConnection } from './reach/closing-connection.ts';
import { failureOf } from './reach/failure-of.ts';

/** How to reach the server; every field wins over the environment and the profile file. */
export interface ConnectOptions {
  /** `host:port`; `TEMPORAL_ADDRESS`, the profile, or `localhost:7233` when absent. */
  readonly address?: string;
  /** `TEMPORAL_NAMESPACE`, the profile, or `default` when absent. */
  readonly namespace?: string;
  /** Profile of Temporal's configuration file. */
  readonly profile?: string;
  readonly tls?: ConnectionOptions['tls'];
  readonly apiKey?: string;
  /** A connection of the caller's own, which stays open. */
  readonly connection?: Connection;
  /** Codec of encrypted payloads, the one that the workers have; that of `BATON_CODEC_KEYS` when absent. */
  readonly codec?: PayloadCodec;
  /** Keys of single cases' payloads, together with the codec that has the same ones (`payloadsOfEnvironment`). */
  readonly caseKeys?: CaseKeys;
  /** Where `verify` reads. The caller closes it. */
  readonly ledger?: LedgerStore;
  /** Where persons are exported from and erased. The caller closes it. */
  readonly context?: ContextStore;
  /** Private teams, see `docs/privacy.md`; those of `BATON_PRIVATE_TEAMS`, by commas, when absent. */
  readonly privateTeams?: readonly string[];
  /** Where Temporal's variables and the codec's are read; `process.env` when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How long the server may take to be reached, in milliseconds; 5,000 when absent. */
  readonly connectMs?: number;
  /** How long a worker may take to answer, in milliseconds; 10,000 when absent. */
  readonly answerMs?: number;
}

/** A client with a connection of its own. */
export interface ConnectedBatonClient extends BatonClient {
  readonly address: string;
  readonly namespace: string;
  /** Ends the connection. What is still asked fails with `SERVER_UNREACHABLE`, unless its answer is on the way. */
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;
const LOCAL_SERVER = 'localhost:7233';

/**
 * Connects to the Temporal server of the options, of Temporal's environment variables (`TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`, `TEMPORAL_PROFILE`) or of its profile file.
 * @throws BatonError `SERVER_UNREACHABLE` naming the address, `CONFIGURATION_INVALID`, `CODEC_KEY_MISSING`
 */
export async function connectBaton(options: ConnectOptions = {}): Promise<ConnectedBatonClient> {
  const configured = loadConfig(options);
  const address = options.address ?? configured.connectionOptions.address ?? LOCAL_SERVER;
  const namespace = options.namespace ?? configured.namespace ?? 'default';
  const codec = options.codec ?? codecOfEnvironment(options.environment ?? process.env);
  const { connection, close } = options.connection
    ? { connection: options.connection, close: () => Promise.resolve() }
    : await connect(address, configured, options);
  const client = new Client({
    connection,
    namespace,
    ...(codec ? { dataConverter: { payloadCodecs: [codec] } } : {}),
  });
  const baton = createBatonClient({
    client,
    address,
    ...(options.ledger ? { ledger: options.ledger } : {}),
    ...(options.context ? { context: options.context } : {}),
    ...(options.caseKeys ? { caseKeys: options.caseKeys } : {}),
    privateTeams: options.privateTeams ?? privateTeamsOf(options.environment ?? process.env),
    ...(options.answerMs === undefined ? {} : { answerMs: options.answerMs }),
  });
  return {
    ...baton,
    address,
    namespace,
    close,
  };
}

type Configured = ReturnType<typeof loadClientConnectConfig>;

function loadConfig({ profile, environment = process.env }: ConnectOptions): Configured {
  const present = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  try {
    return loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(present),
      ...(profile === undefined ? {} : { profile }),
    });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : 'the Temporal profile cannot be read';
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'TEMPORAL_PROFILE'), { cause: thrown });
  }
}

async function connect(
  address: string,
  configured: Configured,
  options: ConnectOptions,
): Promise<ClosingConnection> {
  const { tls, apiKey, metadata } = configured.connectionOptions;
  try {
    return await openConnection({
      address,
      connectTimeout: options.connectMs ?? CONNECT_MS,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
    });
  } catch (thrown) {
    const failed = failureOf(thrown, { address });
    if (failed.code === 'CONFIGURATION_INVALID') throw failed;
    throw new BatonError(failure('SERVER_UNREACHABLE', `nothing answers at ${address}`), { cause: thrown });
  }
}
