import { listen, requestLog, type Listening } from '../listen.ts';
import { createService, type ServiceOptions } from './create-service.ts';

/**
 * Serves cases over HTTP, with its record of requests as JSON lines on standard error.
 * @throws BatonError `CONFIGURATION_INVALID` where the address cannot be listened on
 */
export async function serveHttp(
  options: Omit<ServiceOptions, 'logger'> & { readonly port: number; readonly host: string },
): Promise<Listening> {
  const { port, host, ...rest } = options;
  return listen(await createService({ ...rest, logger: requestLog('baton-http') }), { port, host });
}
