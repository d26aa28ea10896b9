import { contextBehindRedis } from './context-behind-redis.ts';
import { testContextErasure } from './context-erasure-suite.ts';
import { testContextProperties } from './context-property-suite.ts';
import { testContextStore } from './context-store-suite.ts';
import { embeddedStores } from './stores-under-test.ts';

describe('Redis before an embedded store', () => {
  const stores = contextBehindRedis(embeddedStores());
  beforeAll(stores.start);
  afterAll(stores.stop);
  testContextStore(stores);
  testContextErasure(stores);
  testContextProperties(stores, 40);
});
