import type { RecordTransaction } from '../../contract/ports.ts';
import { cancelOrder, orders, recordDesk } from './record-desk.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** Undoing by key, and who may (I4, I5, F02). */
export function testUndo(stores: StoresUnderTest): void {
  const desk = recordDesk(stores);

  describe('undo', () => {
    it('restores, creates and removes to the byte, the last write of each record first', async () => {
      const before = await desk.text();
      await desk.commit('k', async (records) => {
        await records.put('orders', 'o1', { status: 'half' });
        await records.put('orders', 'made', { status: 'made' });
        await records.remove('orders', 'o2');
        await records.put('orders', 'o1', { status: 'whole' });
        await records.put('orders', 'brief', {});
        await records.remove('orders', 'brief');
      });
      expect(await desk.store().snapshot()).toEqual({
        orders: { made: { status: 'made' }, o1: { status: 'whole' } },
      });
      expect(await desk.undo('k')).toEqual({ kind: 'undone', repeated: false });
      expect(await desk.text()).toBe(before);
      expect(await desk.store().look('k')).toBe('undone');
      expect(await desk.undo('k')).toEqual({ kind: 'undone', repeated: true });
      expect(await desk.commit('k', cancelOrder)).toEqual({ kind: 'tombstoned' });
      expect(await desk.text()).toBe(before);
    });

    it('writes a tombstone under a key never seen (I5)', async () => {
      expect(await desk.undo('k')).toEqual({ kind: 'tombstoned', repeated: false });
      expect(await desk.undo('k')).toEqual({ kind: 'tombstoned', repeated: true });
      const run = jest.fn(() => Promise.resolve());
      expect(await desk.commit('k', run)).toEqual({ kind: 'tombstoned' });
      expect(run).not.toHaveBeenCalled();
      expect(await desk.store().look('k')).toBe('tombstoned');
    });

    it('changes nothing when somebody else has changed one of the records since', async () => {
      await desk.commit('k', async (records) => {
        await cancelOrder(records);
        await records.put('orders', 'o2', { status: 'returned' });
      });
      await desk.commit('other', (records) => records.put('orders', 'o1', { status: 'theirs' }));
      const before = await desk.text();
      expect(await desk.undo('k')).toEqual({ kind: 'conflict', collection: 'orders', id: 'o1' });
      expect(await desk.text()).toBe(before);
      expect(await desk.store().look('k')).toBe('committed');
      // Once their change is undone, ours can be.
      expect(await desk.undo('other')).toMatchObject({ kind: 'undone' });
      expect(await desk.undo('k')).toEqual({ kind: 'undone', repeated: false });
      expect(await desk.store().snapshot()).toEqual({ orders });
    });

    it.each([
      ['removed what it wrote', cancelOrder, 'orders', 'o1', null],
      ['put back what it removed', (r: RecordTransaction) => r.remove('orders', 'o2'), 'orders', 'o2', 7],
      ['changed what it created', (r: RecordTransaction) => r.put('new', 'n', 1), 'new', 'n', 2],
    ] as const)('conflicts when somebody else %s', async (_, write, collection, id, theirs) => {
      await desk.commit('k', write);
      await desk.commit('other', (records) =>
        theirs === null ? records.remove(collection, id) : records.put(collection, id, theirs),
      );
      expect(await desk.undo('k')).toEqual({ kind: 'conflict', collection, id });
    });

    it('leaves alone what the effect wrote as it found it', async () => {
      await desk.commit('k', async (records) => {
        await records.put('orders', 'o2', orders.o2);
        await cancelOrder(records);
      });
      await desk.commit('other', (records) => records.put('orders', 'o2', { status: 'theirs' }));
      expect(await desk.undo('k')).toEqual({ kind: 'undone', repeated: false });
      expect(await desk.store().snapshot()).toEqual({ orders: { ...orders, o2: { status: 'theirs' } } });
    });

    it('takes effects on one record back in reverse order', async () => {
      const before = await desk.text();
      for (const step of [1, 2, 3])
        await desk.commit(`k${String(step)}`, (records) => records.put('orders', 'o1', { step }));
      for (const step of [3, 2, 1])
        expect(await desk.undo(`k${String(step)}`)).toEqual({ kind: 'undone', repeated: false });
      expect(await desk.text()).toBe(before);
    });
  });

  describe('fence', () => {
    const later = { epoch: 2, attempt: 1 };
    it.each([
      [
        { epoch: 2, attempt: 3 },
        { epoch: 2, attempt: 2 },
      ],
      [
        { epoch: 2, attempt: 1 },
        { epoch: 1, attempt: 9 },
      ],
      [
        { epoch: 2, attempt: 10 },
        { epoch: 2, attempt: 9 },
      ],
    ])('lets %j through and then not %j, whatever it asks', async (high, low) => {
      await desk.commit('k', cancelOrder, high);
      expect(await desk.commit('k', cancelOrder, low)).toEqual({ kind: 'fenced', by: high });
      expect(await desk.commit('k', cancelOrder, low, 'another')).toEqual({ kind: 'fenced', by: high });
      expect(await desk.undo('k', low)).toEqual({ kind: 'fenced', by: high });
      expect(await desk.store().look('k')).toBe('committed');
      expect(await desk.commit('k', cancelOrder, high)).toMatchObject({ kind: 'committed', repeated: true });
    });

    it('is raised by whoever speaks later: a repeat, an undo, a tombstone, a conflict', async () => {
      await desk.commit('repeat', cancelOrder);
      await desk.commit('repeat', cancelOrder, later);
      expect(await desk.undo('repeat')).toEqual({ kind: 'fenced', by: later });

      await desk.commit('undo', (records) => records.put('orders', 'o3', 1));
      await desk.undo('undo', later);
      expect(await desk.commit('undo', cancelOrder)).toEqual({ kind: 'fenced', by: later });
      expect(await desk.undo('undo')).toEqual({ kind: 'fenced', by: later });

      await desk.undo('tombstone', later);
      expect(await desk.commit('tombstone', cancelOrder)).toEqual({ kind: 'fenced', by: later });

      await desk.commit('conflict', (records) => records.put('orders', 'o2', 1));
      await desk.commit('theirs', (records) => records.put('orders', 'o2', 2));
      expect(await desk.undo('conflict', later)).toMatchObject({ kind: 'conflict' });
      await desk.undo('theirs');
      expect(await desk.undo('conflict')).toEqual({ kind: 'fenced', by: later });
    });

    it('stops an attempt that slept through the refusal of its replacement', async () => {
      const refused = { kind: 'refused', code: 'NO', message: 'no' } as const;
      const change = (): Promise<typeof refused> => Promise.resolve(refused);
      const request = { key: 'k', tool: 't', inputDigest: 'd', change };
      expect(await desk.store().commit({ ...request, fence: later })).toEqual(refused);
      const run = jest.fn(() => Promise.resolve());
      expect(await desk.commit('k', run)).toEqual({ kind: 'fenced', by: later });
      expect(await desk.undo('k')).toEqual({ kind: 'fenced', by: later });
      expect(run).not.toHaveBeenCalled();
      expect(await desk.commit('k', cancelOrder, { epoch: 2, attempt: 2 })).toMatchObject({
        repeated: false,
      });
    });
  });
}
