import type { RecordTransaction } from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/index.ts';
import { runProcess } from './processes.ts';
import { cancelOrder, orders, recordDesk } from './record-desk.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** Several who speak at once (I3). */
export function testConcurrency(stores: StoresUnderTest): void {
  const desk = recordDesk(stores);

  describe('at once', () => {
    it('runs the change of one key once', async () => {
      const other = await openRecordStore(desk.url());
      let runs = 0;
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 === 0 ? desk.store() : other).commit({
            key: 'k',
            fence: { epoch: 1, attempt: 1 },
            tool: 't',
            inputDigest: 'd',
            change: async (records) => {
              await cancelOrder(records);
              runs += 1;
              return { kind: 'done', result: runs };
            },
          }),
        ),
      );
      expect(runs).toBe(1);
      expect(outcomes.filter((outcome) => outcome.kind === 'committed' && !outcome.repeated)).toHaveLength(1);
      expect(new Set(outcomes.map((outcome) => outcome.kind === 'committed' && outcome.result))).toEqual(
        new Set([1]),
      );
      await other.close();
    });

    it('adds up what different keys do to one record', async () => {
      await desk.store().load({ counters: { c: 0 } });
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          desk.commit(`k${String(index)}`, async (records) => {
            await records.put('counters', 'c', Number(await records.get('counters', 'c')) + 1);
          }),
        ),
      );
      expect(await desk.store().get('counters', 'c')).toBe(20);
    });

    it('counts right from several processes, and a key they share once', async () => {
      await desk.store().load({ counters: { c: 0 } });
      const processes = ['one', 'two'].map((name) =>
        runProcess('counting-process.ts', [desk.url(), name, '40']),
      );
      expect(await Promise.all(processes)).toEqual([0, 0]);
      expect(await desk.store().get('counters', 'c')).toBe(3 * 40);
    });

    it('gives out one number once when changes count a collection and add to it', async () => {
      await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          desk.commit(`k${String(index)}`, async (records) => {
            const { length } = await records.ids('tickets');
            await records.put('tickets', `t${String(length + 1)}`, { for: index });
          }),
        ),
      );
      const { tickets } = await desk.store().snapshot();
      expect(Object.keys(tickets ?? {})).toEqual(['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8']);
    });

    it('settles changes that ask for two records in opposite order', async () => {
      await desk.store().load({ accounts: { a: 100, b: 100 } });
      const move = (from: string, to: string) => async (records: RecordTransaction) => {
        const left = Number(await records.get('accounts', from));
        const right = Number(await records.get('accounts', to));
        await records.put('accounts', from, left - 1);
        await records.put('accounts', to, right + 1);
      };
      await Promise.all([
        desk.commit('there', move('a', 'b')),
        desk.commit('back', move('b', 'a')),
        desk.commit('once more', move('b', 'a')),
      ]);
      expect(await desk.store().snapshot()).toEqual({ accounts: { a: 101, b: 99 } });
    });

    it('lets a change ask for several records at once', async () => {
      await desk.commit('k', async (records) => {
        const [o1, o2, again, ids] = await Promise.all([
          records.get('orders', 'o1'),
          records.get('orders', 'o2'),
          records.get('orders', 'o1'),
          records.ids('orders'),
        ]);
        expect([o1, o2, again, ids]).toEqual([orders.o1, orders.o2, orders.o1, ['o1', 'o2']]);
        await Promise.all([records.put('orders', 'o1', 1), records.put('orders', 'o2', 2)]);
      });
      expect(await desk.store().snapshot()).toEqual({ orders: { o1: 1, o2: 2 } });
    });

    it('shows readers what is committed, never what a change is still doing', async () => {
      await desk.commit('k', async (records) => {
        await cancelOrder(records);
        expect(await desk.store().get('orders', 'o1')).toEqual(orders.o1);
        expect(await desk.store().snapshot()).toEqual({ orders });
        expect(await desk.store().look('k')).toBe('unseen');
      });
      expect(await desk.store().get('orders', 'o1')).toEqual({ status: 'cancelled' });
    });
  });
}
