import type { JsonObject } from '../../contract/json.ts';
import { findLedgerFault, ledgerHash } from '../../contract/ledger.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import { openLedgerStore } from '../../stores/index.ts';
import { runProcess } from './processes.ts';
import { chainOf, chainOfLength } from './ledger-rows.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** What every ledger store does (I9). */
export function testLedgerStore(stores: StoresUnderTest): void {
  describe('LedgerStore', () => {
    let url: string;
    let ledger: LedgerStore;
    beforeEach(async () => {
      url = await stores.freshUrl();
      ledger = await openLedgerStore(url);
    });
    afterEach(() => ledger.close());

    it('gives back rows as they were appended, contents to the letter', async () => {
      const contents: readonly JsonObject[] = [
        { zebra: 1, apple: [null, true, 1.5e300, -0.1], Ünïcode: '😀 \u0000 \ud800 "quoted"\n' },
        { ['__proto__']: 'an own property', constructor: {} },
        {},
      ];
      const rows = chainOf('t', contents.slice(1));
      await ledger.append(rows);
      expect(await ledger.read('t')).toEqual(rows);
      const [first] = chainOf('u', [{}]);
      if (first === undefined) throw new Error('no row');
      // The canonical form has no lone surrogates, so this row carries a hash of its own.
      const odd = { ...first, content: contents[0] ?? {}, hash: 'a'.repeat(64) };
      await ledger.append([odd]);
      const [back] = await ledger.read('u');
      expect(JSON.stringify(back?.content)).toBe(JSON.stringify(contents[0]));
    });

    it('reads a range in order of sequence, not of text', async () => {
      const rows = chainOfLength('t', 12);
      await ledger.append(rows);
      expect(await ledger.read('t', { after: 8 })).toEqual(rows.slice(8));
      expect(await ledger.read('t', { after: 1, limit: 2 })).toEqual(rows.slice(1, 3));
      expect(await ledger.read('t', { after: 12 })).toEqual([]);
      expect(await ledger.read('t', { limit: 0 })).toEqual([]);
      expect(await ledger.head('t')).toEqual({ sequence: 12, hash: rows[11]?.hash });
    });

    it('keeps traces apart and knows nothing of a trace without rows', async () => {
      await ledger.append(chainOfLength('t', 2));
      await ledger.append(chainOfLength('u', 1));
      expect(await ledger.read('u')).toEqual(chainOfLength('u', 1));
      expect(await ledger.head('nobody')).toBeUndefined();
      expect(await ledger.read('nobody')).toEqual([]);
    });

    it('takes rows again as a no-op, wholly or in part, and none at all', async () => {
      const rows = chainOfLength('t', 6);
      await ledger.append([]);
      await ledger.append(rows.slice(0, 4));
      await ledger.append(rows.slice(0, 4));
      await ledger.append(rows.slice(1, 3));
      await ledger.append(rows.slice(2));
      expect(await ledger.read('t')).toEqual(rows);
    });

    it('refuses another row at a place that is taken, with all that came with it', async () => {
      const rows = chainOfLength('t', 3);
      await ledger.append(rows);
      const fork = chainOf('t', [{ other: 1 }, { other: 2 }, { other: 3 }], rows[1]);
      await expect(ledger.append(fork)).rejects.toMatchObject({ code: 'LEDGER_DIVERGED' });
      await expect(ledger.append(chainOf('t', [{ other: 1 }]))).rejects.toMatchObject({
        code: 'LEDGER_DIVERGED',
      });
      expect(await ledger.read('t')).toEqual(rows);
    });

    it('refuses a row that names another predecessor than the head', async () => {
      await ledger.append(chainOfLength('t', 2));
      const [, second] = chainOf('t', [{ other: 1 }, { other: 2 }]);
      await expect(ledger.append(chainOf('t', [{}], second))).rejects.toMatchObject({
        code: 'LEDGER_DIVERGED',
      });
      const [first] = chainOf('u', [{}]);
      if (first === undefined) throw new Error('no row');
      const orphan = { ...first, previous: 'f'.repeat(64) };
      await expect(ledger.append([{ ...orphan, hash: ledgerHash(orphan) }])).rejects.toMatchObject({
        code: 'LEDGER_DIVERGED',
      });
      expect(await ledger.head('u')).toBeUndefined();
    });

    it('refuses rows that leave a gap', async () => {
      const rows = chainOfLength('t', 6);
      await expect(ledger.append(rows.slice(1, 2))).rejects.toMatchObject({ code: 'LEDGER_GAP' });
      await ledger.append(rows.slice(0, 2));
      await expect(ledger.append(rows.slice(4))).rejects.toMatchObject({ code: 'LEDGER_GAP' });
      await expect(
        ledger.append(rows.filter(({ sequence }) => sequence !== 4).slice(2)),
      ).rejects.toMatchObject({ code: 'LEDGER_GAP' });
      expect(await ledger.read('t')).toEqual(rows.slice(0, 2));
    });

    it('refuses rows of two traces in one append, and names no database keeps', async () => {
      const mixed = [...chainOfLength('t', 1), ...chainOfLength('u', 1)];
      await expect(ledger.append(mixed)).rejects.toMatchObject({ code: 'INPUT_INVALID', field: 'trace' });
      await expect(ledger.append(chainOfLength('t\0', 1))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    });

    it('settles the same and overlapping appends at once', async () => {
      const rows = chainOfLength('t', 9);
      const other = await openLedgerStore(url);
      await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? ledger : other).append(rows)),
      );
      expect(await ledger.read('t')).toEqual(rows);
      await other.close();
    });

    it('lets one of two histories win a trace, whole', async () => {
      const left = chainOf('t', [{ left: 1 }, { left: 2 }]);
      const right = chainOf('t', [{ right: 1 }, { right: 2 }]);
      const outcomes = await Promise.allSettled([ledger.append(left), ledger.append(right)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await ledger.read('t')).toEqual(outcomes[0].status === 'fulfilled' ? left : right);
    });

    it('serves two processes that append the same rows at once', async () => {
      const outcomes = await Promise.all([1, 2].map(() => runProcess('appending-process.ts', [url, '60'])));
      expect(outcomes).toEqual([0, 0]);
      const rows = await ledger.read('shared');
      expect(rows).toHaveLength(60);
      expect(findLedgerFault('shared', rows)).toBeUndefined();
    });

    it('keeps its rows when it is opened again', async () => {
      await ledger.append(chainOfLength('t', 2));
      await ledger.close();
      ledger = await openLedgerStore(url);
      expect(await ledger.read('t')).toEqual(chainOfLength('t', 2));
    });

    it('says that it is closed', async () => {
      await ledger.close();
      await ledger.close();
      await expect(ledger.append(chainOfLength('t', 1))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(ledger.head('t')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });

    describe('a row somebody has tampered with', () => {
      const faultAfter = async (...statements: readonly string[]): Promise<unknown> => {
        await ledger.append(chainOfLength('t', 4));
        for (const statement of statements) await stores.execute(url, statement);
        return findLedgerFault('t', await ledger.read('t'));
      };
      it.each([
        ['its content', `UPDATE baton_ledger SET content = '{"turn":20}' WHERE sequence = 2`],
        ['its owner', `UPDATE baton_ledger SET owner = 'legal' WHERE sequence = 2`],
        ['its time', `UPDATE baton_ledger SET at = '2024-01-01T00:00:00.000Z' WHERE sequence = 2`],
        ['unreadable content', `UPDATE baton_ledger SET content = '{' WHERE sequence = 2`],
      ])('is found changed: %s', async (_, statement) => {
        expect(await faultAfter(statement)).toMatchObject({ sequence: 2, problem: 'changed' });
      });
      it('is found missing', async () => {
        const fault = await faultAfter(`DELETE FROM baton_ledger WHERE sequence = 2`);
        expect(fault).toMatchObject({ sequence: 2, problem: 'missing' });
      });
      it('is found when two have changed places', async () => {
        const fault = await faultAfter(
          `UPDATE baton_ledger SET sequence = 20 WHERE sequence = 2`,
          `UPDATE baton_ledger SET sequence = 2 WHERE sequence = 3`,
          `UPDATE baton_ledger SET sequence = 3 WHERE sequence = 20`,
        );
        expect(fault).toMatchObject({ sequence: 2 });
      });
      it('is found when it was replaced by one with a hash that fits', async () => {
        const [forged] = chainOf('t', [{ forged: true }], chainOfLength('t', 1)[0]);
        if (forged === undefined) throw new Error('no row');
        const { content, hash } = forged;
        const fault = await faultAfter(
          `UPDATE baton_ledger SET content = '${JSON.stringify(content)}', hash = '${hash}' WHERE sequence = 2`,
        );
        expect(fault).toMatchObject({ sequence: 3, problem: 'swapped' });
      });
      it('leaves a sound chain when the tail is lost, and a head that is not the anchor', async () => {
        expect(await faultAfter(`DELETE FROM baton_ledger WHERE sequence = 4`)).toBeUndefined();
        expect(await ledger.head('t')).toMatchObject({ sequence: 3 });
      });
    });
  });
}
