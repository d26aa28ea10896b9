import type { LedgerStore, Outbox, OutboxEntry } from '../../contract/ports.ts';
import { openLedgerStore, openOutbox } from '../../stores/index.ts';
import { chainOf, chainOfLength } from './ledger-rows.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

const entry = (trace: string, sequence: number): OutboxEntry => ({
  trace,
  sequence,
  body: JSON.stringify({ trace, sequence, 'zwölf "': '😀' }),
});
const MINUTE = { limit: 100, forMs: 60_000 };

/** What every outbox does: written with the ledger row, taken by one at a time, never lost. */
export function testOutbox(stores: StoresUnderTest): void {
  describe('Outbox', () => {
    let url: string;
    let ledger: LedgerStore;
    let outbox: Outbox;
    beforeEach(async () => {
      url = await stores.freshUrl();
      ledger = await openLedgerStore(url);
      outbox = await openOutbox(url);
    });
    afterEach(() => Promise.all([ledger.close(), outbox.close()]));

    it('has what came with new rows, once, in the order of arrival', async () => {
      const rows = chainOfLength('t', 4);
      const along = { caseId: 'c', outbox: [entry('t', 1), entry('t', 3), entry('t', 4)] };
      await ledger.append(rows.slice(0, 2), along);
      await ledger.append(rows.slice(0, 2), along);
      await ledger.append(rows.slice(1), along);
      await ledger.append(rows, along);
      expect(await outbox.waiting()).toBe(3);
      expect(await outbox.take(MINUTE)).toEqual(along.outbox);
    });

    it('brings nothing back that was told of, however often its rows come', async () => {
      const rows = chainOfLength('t', 2);
      const along = { caseId: 'c', outbox: [entry('t', 1), entry('t', 2)] };
      await ledger.append(rows, along);
      await outbox.remove(await outbox.take(MINUTE));
      await ledger.append(rows, along);
      expect(await outbox.waiting()).toBe(0);
      const longer = { caseId: 'c', outbox: [...along.outbox, entry('t', 3)] };
      await ledger.append(chainOfLength('t', 3), longer);
      expect(await outbox.take(MINUTE)).toEqual([entry('t', 3)]);
    });

    it('has nothing of rows that were refused', async () => {
      await ledger.append(chainOfLength('t', 2));
      const fork = chainOf('t', [{ other: 1 }, { other: 2 }]);
      const along = { caseId: 'c', outbox: [entry('t', 1), entry('t', 2)] };
      await expect(ledger.append(fork, along)).rejects.toMatchObject({ code: 'LEDGER_DIVERGED' });
      const late = { caseId: 'c', outbox: [entry('u', 5)] };
      await expect(ledger.append(chainOfLength('u', 5).slice(4), late)).rejects.toMatchObject({
        code: 'LEDGER_GAP',
      });
      expect(await outbox.waiting()).toBe(0);
    });

    it('gives an entry to one at a time, and again once its time is over', async () => {
      await ledger.append(chainOfLength('t', 60), {
        caseId: 'c',
        outbox: Array.from({ length: 60 }, (_, index) => entry('t', index + 1)),
      });
      const other = await openOutbox(url);
      const takes = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? outbox : other).take({ limit: 10, forMs: 1 }),
        ),
      );
      const first = takes.flat().map(({ sequence }) => sequence);
      expect(first.length).toBeGreaterThanOrEqual(10);
      await other.close();
      let again: readonly OutboxEntry[] = [];
      // The millisecond is over by the clock of the store.
      for (let tries = 0; again.length === 0 && tries < 100; tries += 1) again = await outbox.take(MINUTE);
      expect(again).not.toEqual([]);
      expect(await outbox.waiting()).toBe(60);

      const held = await Promise.all(Array.from({ length: 12 }, () => outbox.take(MINUTE)));
      const all = [...again, ...held.flat()].map(({ sequence }) => sequence);
      expect(new Set(all).size).toBe(all.length);
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
      expect(await outbox.take(MINUTE)).toEqual([]);
    });

    it('remembers which endpoints are disabled, at which address', async () => {
      expect(await outbox.disabled()).toEqual([]);
      await outbox.disable({ endpoint: 'shop', url: 'https://a.example' });
      const [one] = await outbox.disabled();
      await outbox.disable({ endpoint: 'shop', url: 'https://a.example' });
      expect(await outbox.disabled()).toEqual([one]);
      await outbox.disable({ endpoint: 'shop', url: 'https://b.example' });
      expect(await outbox.disabled()).toMatchObject([{ endpoint: 'shop', url: 'https://b.example' }]);
      expect(await outbox.enable('shop')).toBe(true);
      expect(await outbox.enable('shop')).toBe(false);
      expect(await outbox.disabled()).toEqual([]);
    });
  });
}
