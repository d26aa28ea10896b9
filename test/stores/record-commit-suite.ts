import type { JsonObject, JsonValue } from '../../contract/json.ts';
import type { CommitOutcome, RecordTransaction } from '../../contract/ports.ts';
import { cancelOrder, orders, recordDesk } from './record-desk.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** Committing under a key (I3). */
export function testCommit(stores: StoresUnderTest): void {
  const desk = recordDesk(stores);

  describe('commit', () => {
    it('runs the change once and keeps its result', async () => {
      let runs = 0;
      const attempt = (): Promise<CommitOutcome> =>
        desk.store().commit({
          key: 'k',
          fence: { epoch: 1, attempt: 1 },
          tool: 'cancel',
          inputDigest: 'd',
          change: async (records) => {
            runs += 1;
            await cancelOrder(records);
            return { kind: 'done', result: { zebra: runs, apple: null } };
          },
        });
      expect(await desk.store().look('k')).toBe('unseen');
      const first = await attempt();
      expect(first).toEqual({ kind: 'committed', result: { zebra: 1, apple: null }, repeated: false });
      expect(await attempt()).toEqual({ ...first, repeated: true });
      expect(runs).toBe(1);
      expect(await desk.store().look('k')).toBe('committed');
      expect(await desk.store().get('orders', 'o1')).toEqual({ status: 'cancelled' });
    });

    it('lets a change see its own writes, and copies only', async () => {
      const seen: unknown[] = [];
      await desk.commit('k', async (records) => {
        seen.push(await records.get('orders', 'new'));
        const mine = { status: 'made' };
        const written = records.put('orders', 'new', mine);
        mine.status = 'changed after the call';
        await written;
        const got = (await records.get('orders', 'new')) as { status: string };
        seen.push({ ...got });
        got.status = 'changed after the read';
        seen.push(await records.get('orders', 'new'), await records.ids('orders'));
        await records.remove('orders', 'o1');
        seen.push(await records.get('orders', 'o1'), await records.ids('orders'), await records.ids('none'));
      });
      const made = { status: 'made' };
      expect(seen).toEqual([undefined, made, made, ['new', 'o1', 'o2'], undefined, ['new', 'o2'], []]);
      expect(await desk.store().snapshot()).toEqual({ orders: { new: made, o2: orders.o2 } });
    });

    it('writes nothing when the change refuses', async () => {
      const before = await desk.text();
      const outcome = await desk.store().commit({
        key: 'k',
        fence: { epoch: 1, attempt: 1 },
        tool: 'cancel',
        inputDigest: 'd',
        change: async (records) => {
          await cancelOrder(records);
          return { kind: 'refused', code: 'NOT_PENDING', message: 'the order is not pending' };
        },
      });
      expect(outcome).toEqual({
        kind: 'refused',
        code: 'NOT_PENDING',
        message: 'the order is not pending',
      });
      expect(await desk.text()).toBe(before);
      expect(await desk.store().look('k')).toBe('unseen');
      expect(await desk.undo('k')).toEqual({ kind: 'tombstoned', repeated: false });
    });

    it('writes nothing and rethrows when the change throws, and may be tried again', async () => {
      const before = await desk.text();
      const thrown = new Error('the connection timed out, says the tool');
      const attempt = desk.commit('k', async (records) => {
        await cancelOrder(records);
        throw thrown;
      });
      await expect(attempt).rejects.toBe(thrown);
      expect(await desk.text()).toBe(before);
      expect(await desk.store().look('k')).toBe('unseen');
      expect(await desk.commit('k', cancelOrder)).toMatchObject({ kind: 'committed', repeated: false });
    });

    it('refuses another input under a committed key', async () => {
      await desk.commit('k', cancelOrder);
      const before = await desk.text();
      const run = jest.fn(() => Promise.resolve());
      expect(await desk.commit('k', run, { epoch: 2, attempt: 1 }, 'another')).toEqual({
        kind: 'mismatched',
      });
      expect(run).not.toHaveBeenCalled();
      expect(await desk.text()).toBe(before);
    });

    it('refuses what JSON cannot say', async () => {
      const put = (value: unknown) => (records: RecordTransaction) =>
        records.put('orders', 'x', value as JsonValue);
      await expect(desk.commit('k', put(undefined))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      await expect(
        desk.commit(
          'k',
          put(() => 1),
        ),
      ).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      await expect(desk.commit('k', (records) => records.put('a\0', 'x', 1))).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        field: 'collection',
      });
      await expect(desk.commit('k\ud800', cancelOrder)).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        field: 'key',
      });
      expect(await desk.store().look('k')).toBe('unseen');
    });

    it('refuses what a change does after its end', async () => {
      let kept: RecordTransaction | undefined;
      await desk.commit('k', (records) => {
        kept = records;
        return Promise.resolve();
      });
      await expect(kept?.put('orders', 'o1', 1)).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
      await expect(kept?.get('orders', 'o1')).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
      await expect(kept?.ids('orders')).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
    });

    it('refuses a commit or undo inside a change, which would wait for itself', async () => {
      await expect(
        desk.commit('outer', async () => {
          await desk.commit('inner', cancelOrder);
        }),
      ).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
      await expect(
        desk.commit('outer', async () => {
          await desk.undo('inner');
        }),
      ).rejects.toMatchObject({ code: 'REQUEST_FORBIDDEN' });
      expect(await desk.store().look('outer')).toBe('unseen');
    });
  });

  it('snapshots by collection and then by id, names of any kind', async () => {
    const odd: JsonObject = { text: 'ok' };
    const records: Record<string, Record<string, JsonValue>> = Object.fromEntries<Record<string, JsonValue>>([
      ['zoo', { b: 2, a: 1, 'é/"\'': 3, '': 4 }],
      ['__proto__', Object.fromEntries<JsonValue>([['__proto__', odd]])],
      ['B', { constructor: 5, '😀': 6, '\uffff': 7 }],
    ]);
    await desk.store().load(records);
    const snapshot = await desk.store().snapshot();
    expect(Object.keys(snapshot)).toEqual(['B', '__proto__', 'zoo']);
    expect(Object.keys(snapshot['zoo'] ?? {})).toEqual(['', 'a', 'b', 'é/"\'']);
    expect(Object.keys(snapshot['B'] ?? {})).toEqual(['constructor', '😀', '\uffff']);
    expect(Object.entries(snapshot)[1]?.[1]).toEqual(Object.fromEntries([['__proto__', odd]]));
    expect(await desk.store().get('__proto__', '__proto__')).toEqual(odd);
    expect(await desk.store().get('zoo', 'constructor')).toBeUndefined();
  });

  it('forgets records and keys when it is loaded afresh', async () => {
    await desk.commit('k', cancelOrder);
    await desk.undo('tomb');
    await desk.store().load({ users: { u: null } });
    expect(await desk.store().snapshot()).toEqual({ users: { u: null } });
    expect([await desk.store().look('k'), await desk.store().look('tomb')]).toEqual(['unseen', 'unseen']);
    expect(await desk.commit('k', cancelOrder)).toMatchObject({ kind: 'committed', repeated: false });
    await desk.store().load({});
    expect(await desk.store().snapshot()).toEqual({});
  });
}
