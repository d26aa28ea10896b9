import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { BatonError, failure } from '../contract/failures.ts';

/** A worker's connection, and where it leads. The caller closes it. */
export interface WorkerConnection {
  readonly connection: NativeConnection;
  readonly address: string;
  readonly namespace: string;
}

const LOCAL_SERVER = 'localhost:7233';

/**
 * Connects to the server of Temporal's environment variables or profile file, as clients do.
 * @param server wins over the environment
 * @throws BatonError `SERVER_UNREACHABLE` naming the address
 */
export async function connectWorkers(
  server: { readonly address?: string; readonly namespace?: string } = {},
): Promise<WorkerConnection> {
  const configured = loadClientConnectConfig();
  const { tls, apiKey, metadata } = configured.connectionOptions;
  const address = server.address ?? configured.connectionOptions.address ?? LOCAL_SERVER;
  const namespace = server.namespace ?? configured.namespace ?? 'default';
  try {
    const connection = await NativeConnection.connect({
      address,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    });
    return { connection, address, namespace };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown);
    throw new BatonError(
      failure(
        'SERVER_UNREACHABLE',
        `no Temporal server answers at ${address} (${reason ?? ''})`,
        'TEMPORAL_ADDRESS',
      ),
      { cause: thrown },
    );
  }
}
