import { setTimeout } from 'node:timers/promises';
import {
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';

/** A connection that may be closed while it is in use. */
export interface ClosingConnection {
  readonly connection: Connection;
  /**
   * Ends the connection. A call that is under way has what comes of it, or fails as of a server that is not there;
   * none is tried again.
   */
  readonly close: () => Promise<void>;
}

/** A timer of a call rings in the order of its time, and in the same millisecond perhaps after ours. */
const MARGIN_MS = 2;

/**
 * Connects as the SDK does, with its retries. The SDK (1.24) would try a call again on a connection that was closed
 * meanwhile, from a timer of its own: what that throws nobody can catch, and the process dies of it. So nothing is
 * tried again once the closing has begun, and it waits for those timers that run already (some seconds at most).
 */
export async function openConnection(options: ConnectionOptions): Promise<ClosingConnection> {
  const usual = defaultGrpcRetryOptions();
  let closing = false;
  let lastTryAt = 0;
  const retries = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && usual.retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delayMs = usual.delayFunction(attempt, status);
      lastTryAt = Math.max(lastTryAt, performance.now() + delayMs);
      return delayMs;
    },
  });
  const connection = await Connection.connect({ ...options, interceptors: [retries] });
  return {
    connection,
    close: async () => {
      closing = true;
      const leftMs = lastTryAt - performance.now();
      if (leftMs > 0) await setTimeout(leftMs + MARGIN_MS);
      await connection.close();
    },
  };
}
