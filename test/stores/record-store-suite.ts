import { testCommit } from './record-commit-suite.ts';
import { testConcurrency } from './record-concurrency-suite.ts';
import { testUndo } from './record-undo-suite.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** What every record store does. */
export function testRecordStore(stores: StoresUnderTest): void {
  describe('RecordStore', () => {
    testCommit(stores);
    testUndo(stores);
    testConcurrency(stores);
  });
}
