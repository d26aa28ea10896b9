import { listen, requestLog, type Listening } from '../listen.ts';
import { createCodecEndpoint, type CodecEndpointOptions } from './codec-endpoint.ts';

/**
 * Serves the codec endpoint, with its record of uses as JSON lines on standard error.
 * @throws BatonError `CONFIGURATION_INVALID` where the address cannot be listened on
 */
export async function serveCodec(
  options: Omit<CodecEndpointOptions, 'logger'> & { readonly port: number; readonly host: string },
): Promise<Listening> {
  const { port, host, ...rest } = options;
  return listen(await createCodecEndpoint({ ...rest, logger: requestLog('baton-codec') }), { port, host });
}
