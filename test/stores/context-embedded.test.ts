import { contextIn } from './context-places.ts';
import { testContextErasure } from './context-erasure-suite.ts';
import { testContextProperties } from './context-property-suite.ts';
import { testContextStore } from './context-store-suite.ts';
import { embeddedStores } from './stores-under-test.ts';

describe('embedded', () => {
  const stores = contextIn(embeddedStores());
  beforeAll(stores.start);
  afterAll(stores.stop);
  testContextStore(stores);
  testContextErasure(stores);
  testContextProperties(stores, 60);
});
