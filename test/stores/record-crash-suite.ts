import { openRecordStore } from '../../stores/index.ts';
import { killAfterLines } from './processes.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** A process killed in the middle of its commits leaves nothing half done (I3, I4, I11). */
export function testRecordCrash(stores: StoresUnderTest): void {
  it.each([1, 17, 60])('RecordStore survives a writer killed after %d commits', async (commits) => {
    const url = await stores.freshUrl();
    const store = await openRecordStore(url);
    const accounts = { a: 1000, b: 1000, c: 1000 };
    await store.load({ accounts });

    const printed = await killAfterLines('committing-process.ts', [url], commits);

    const { accounts: after = {}, moves = {} } = await store.snapshot();
    expect(Object.values(after).reduce<number>((sum, amount) => sum + Number(amount), 0)).toBe(3000);
    // A commit may have been made and not yet printed; none may be printed and not made.
    const made = Object.keys(moves).sort((left, right) => Number(left.slice(1)) - Number(right.slice(1)));
    expect(made).toEqual(made.map((_, step) => `k${String(step)}`));
    expect(made).toEqual(expect.arrayContaining([...printed]));
    expect(await store.look(`k${String(made.length)}`)).toBe('unseen');

    for (const key of made.toReversed()) {
      expect(await store.look(key)).toBe('committed');
      expect(await store.undo({ key, fence: { epoch: 1, attempt: 2 }, tool: 'move' })).toEqual({
        kind: 'undone',
        repeated: false,
      });
    }
    expect(await store.snapshot()).toEqual({ accounts });
    await store.close();
  });
}
