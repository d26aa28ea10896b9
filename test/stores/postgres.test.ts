import { testBreakerStore } from './breaker-store-suite.ts';
import { testLedgerStore } from './ledger-store-suite.ts';
import { testManifestStore } from './manifest-store-suite.ts';
import { testNonceStore } from './nonce-store-suite.ts';
import { testOutbox } from './outbox-suite.ts';
import { testKeyRotation } from './key-rotation-suite.ts';
import { testPersonKeyTable } from './person-key-suite.ts';
import { testPolicyStore } from './policy-store-suite.ts';
import { testRecordStore } from './record-store-suite.ts';
import { testRecordCrash } from './record-crash-suite.ts';
import { testRecordProperties } from './record-property-suite.ts';
import { postgresStores } from './stores-under-test.ts';

describe('PostgreSQL', () => {
  const stores = postgresStores();
  beforeAll(stores.start);
  afterAll(stores.stop);
  testBreakerStore(stores);
  testLedgerStore(stores);
  testManifestStore(stores);
  testNonceStore(stores);
  testOutbox(stores);
  testPersonKeyTable(stores);
  testKeyRotation(stores);
  testPolicyStore(stores);
  testRecordStore(stores);
  testRecordCrash(stores);
  testRecordProperties(stores, 40);
});
