import pino from 'pino';
import { BatonError, failure } from '../../contract/failures.ts';
import { createService, type ServiceOptions } from './create-service.ts';

/** An HTTP service that listens. */
export interface RunningService {
  /** Such as `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Ends streams, lets requests finish, stops listening. */
  readonly close: () => Promise<void>;
}

/**
 * Serves cases over HTTP, with its record of requests as JSON lines on standard error.
 * @throws BatonError `CONFIGURATION_INVALID` where the address cannot be listened on
 */
export async function serveHttp(
  options: Omit<ServiceOptions, 'logger'> & { readonly port: number; readonly host: string },
): Promise<RunningService> {
  const { port, host, ...rest } = options;
  const logger = pino({ name: 'baton-http', timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const app = await createService({ ...rest, logger });
  try {
    const address = await app.listen({ port, host });
    return { address, close: () => app.close() };
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, '--port'), { cause: thrown });
  }
}
