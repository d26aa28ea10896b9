import type { PersonKeyTable, StoredCaseKey } from '../../contract/key-ports.ts';
import { openPersonKeyTable } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

const ann = 'a'.repeat(64);
const ben = 'b'.repeat(64);

function caseKey(id: string, caseId: string, person: string): StoredCaseKey {
  return { id, caseId, person, key: { keyId: `of ${person.slice(0, 1)}`, wrapped: `wrapped ${id}` } };
}

/** What every table of persons' keys, and of the data keys of their cases, does. */
export function testPersonKeyTable(stores: StoresUnderTest): void {
  describe('PersonKeyTable', () => {
    let url: string;
    let table: PersonKeyTable;
    beforeEach(async () => {
      url = await stores.freshUrl();
      table = await openPersonKeyTable(url);
    });
    afterEach(() => table.close());

    it('keeps the first key of a person, and the first secret of the installation, also for the next process', async () => {
      expect(await table.installationSecret('first')).toBe('first');
      expect(await table.presentKey(ann, { keyId: 'k1', secret: 's1' })).toEqual({
        keyId: 'k1',
        secret: 's1',
      });
      const other = await openPersonKeyTable(url);
      expect(await other.installationSecret('second')).toBe('first');
      expect(await other.presentKey(ann, { keyId: 'k2', secret: 's2' })).toEqual({
        keyId: 'k1',
        secret: 's1',
      });
      expect(await other.find('k1')).toEqual({ keyId: 'k1', secret: 's1' });
      expect(await other.find('k2')).toBeUndefined();
      await other.close();
    });

    it('gives a case one data key, whoever asks first', async () => {
      const { caseKeys } = table;
      const kept = await Promise.all(
        Array.from({ length: 8 }, (_, index) => caseKeys.keep(caseKey(`id-${String(index)}`, 'case-1', ann))),
      );
      const [first] = kept;
      expect(new Set(kept.map((one) => one.id)).size).toBe(1);
      expect(await caseKeys.ofCase('case-1')).toEqual(first);
      expect(await caseKeys.find(String(first?.id))).toEqual(first);
      expect(await caseKeys.find('unknown')).toBeUndefined();
      expect(await caseKeys.ofCase('case-2')).toBeUndefined();
    });

    it('destroys a person: their key and the data keys of their cases go, whose the cases were stays', async () => {
      const { caseKeys } = table;
      await table.presentKey(ann, { keyId: 'k-a', secret: 's' });
      await table.presentKey(ben, { keyId: 'k-b', secret: 's' });
      for (const [id, of] of [
        ['1', ann],
        ['2', ben],
        ['3', ann],
      ] as const)
        await caseKeys.keep(caseKey(`id-${id}`, `case-${id}`, of));
      expect((await caseKeys.ofPerson(ann)).map((one) => one.caseId)).toEqual(['case-1', 'case-3']);
      await table.destroy(ann);
      expect(await table.find('k-a')).toBeUndefined();
      expect(await caseKeys.ofPerson(ann)).toEqual([]);
      expect(await caseKeys.ofCase('case-1')).toEqual({
        id: 'id-1',
        caseId: 'case-1',
        person: ann,
        key: undefined,
      });
      // Its id is never given to another person, nor to the same one again.
      expect((await caseKeys.keep(caseKey('id-4', 'case-1', ben))).person).toBe(ann);
      expect(await table.find('k-b')).toEqual({ keyId: 'k-b', secret: 's' });
      expect((await caseKeys.ofPerson(ben)).map((one) => one.caseId)).toEqual(['case-2']);
      expect(await table.presentKey(ann, { keyId: 'k-new', secret: 's' })).toEqual({
        keyId: 'k-new',
        secret: 's',
      });
    });
  });
}
