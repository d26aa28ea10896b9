import pino from 'pino';
import type { CodecEndpointOptions } from './codec-endpoint.ts';
import { createCodecEndpoint } from './codec-endpoint.ts';
import { BatonError, failure } from '../../contract/failures.ts';

/** A codec endpoint that listens. */
export interface RunningCodec {
  /** Such as `http://127.0.0.1:8888`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves the codec endpoint, with its record of uses as JSON lines on standard error.
 * @throws BatonError `CONFIGURATION_INVALID` where the address cannot be listened on
 */
export async function serveCodec(
  options: Omit<CodecEndpointOptions, 'logger'> & { readonly port: number; readonly host: string },
): Promise<RunningCodec> {
  const { port, host, ...rest } = options;
  const logger = pino({ name: 'baton-codec', timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const app = await createCodecEndpoint({ ...rest, logger });
  try {
    const address = await app.listen({ port, host });
    return { address, close: () => app.close() };
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, '--port'), { cause: thrown });
  }
}
