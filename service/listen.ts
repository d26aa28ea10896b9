import type { FastifyInstance } from 'fastify';
import pino, { type Logger } from 'pino';
import { BatonError, failure } from '../contract/failures.ts';

/** A service that listens. */
export interface Listening {
  /** Such as `http://127.0.0.1:8080`. */
  readonly address: string;
  /** Ends streams, lets requests finish, stops listening. */
  readonly close: () => Promise<void>;
}

/** The record of a service's requests: JSON lines on standard error. */
export function requestLog(name: string): Logger {
  return pino({ name, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}

/** @throws BatonError `CONFIGURATION_INVALID` where the address cannot be listened on */
export async function listen(
  app: Pick<FastifyInstance, 'listen' | 'close'>,
  place: { readonly port: number; readonly host: string },
): Promise<Listening> {
  try {
    const address = await app.listen(place);
    return { address, close: () => app.close() };
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, '--port'), { cause: thrown });
  }
}
