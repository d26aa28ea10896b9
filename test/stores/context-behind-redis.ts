import { startRedis, type OwnedRedis } from '../../scripts/redis.ts';
import { contextIn, type ContextStoresUnderTest } from './context-places.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** Context in databases of a kind, with a Redis in front. */
export function contextBehindRedis(
  durableStores: StoresUnderTest,
): ContextStoresUnderTest & { readonly redis: () => OwnedRedis } {
  const durable = contextIn(durableStores);
  let server: OwnedRedis | undefined;
  const redis = (): OwnedRedis => {
    if (server === undefined) throw new Error('start() comes first');
    return server;
  };
  return {
    ...durable,
    redis,
    start: async () => {
      await durable.start();
      server = await startRedis();
    },
    freshPlace: async () => ({ ...(await durable.freshPlace()), hotUrl: redis().url }),
    stop: async () => {
      await server?.stop();
      await durable.stop();
    },
  };
}
