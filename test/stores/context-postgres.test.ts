import { contextIn } from './context-places.ts';
import { testContextErasure } from './context-erasure-suite.ts';
import { testContextProperties } from './context-property-suite.ts';
import { testContextStore } from './context-store-suite.ts';
import { postgresStores } from './stores-under-test.ts';

describe('PostgreSQL', () => {
  const stores = contextIn(postgresStores());
  beforeAll(stores.start);
  afterAll(stores.stop);
  testContextStore(stores);
  testContextErasure(stores);
  testContextProperties(stores, 25);
});
