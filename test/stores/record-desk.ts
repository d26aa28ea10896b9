import type {
  CommitOutcome,
  Fence,
  RecordStore,
  RecordTransaction,
  UndoOutcome,
} from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** Records that every test of a record store begins with. */
export const orders = {
  o1: { status: 'pending', zebra: 1, apple: ['ä', null, 1e21], note: '\u0000 \ud800 😀' },
  o2: { status: 'delivered' },
};

/** A change that writes to the first order. */
export function cancelOrder(records: RecordTransaction): Promise<void> {
  return records.put('orders', 'o1', { status: 'cancelled' });
}

/** A record store afresh for each test, with short words for what tests do with it. */
export interface RecordDesk {
  /** The address of the store. */
  url(): string;
  store(): RecordStore;
  /** Commits a change that writes, under a key, and answers `{ ok: true }`. */
  commit(
    key: string,
    write: (records: RecordTransaction) => Promise<void>,
    fence?: Fence,
    inputDigest?: string,
  ): Promise<CommitOutcome>;
  undo(key: string, fence?: Fence): Promise<UndoOutcome>;
  /** The snapshot to the byte, order of keys included. */
  text(): Promise<string>;
}

/** Sets a record store up for the tests of the describe block it is called in. */
export function recordDesk(stores: StoresUnderTest): RecordDesk {
  let url = '';
  let store: RecordStore;
  beforeEach(async () => {
    url = await stores.freshUrl();
    store = await openRecordStore(url);
    await store.load({ orders });
  });
  afterEach(() => store.close());
  const first = { epoch: 1, attempt: 1 };
  return {
    url: () => url,
    store: () => store,
    commit: (key, write, fence = first, inputDigest = 'digest') =>
      store.commit({
        key,
        fence,
        tool: 'change-order',
        inputDigest,
        change: async (records) => {
          await write(records);
          return { kind: 'done', result: { ok: true } };
        },
      }),
    undo: (key, fence = first) => store.undo({ key, fence, tool: 'change-order' }),
    text: async () => JSON.stringify(await store.snapshot()),
  };
}
