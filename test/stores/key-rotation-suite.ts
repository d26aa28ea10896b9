import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { ContextStore } from '../../contract/ports.ts';
import type { PersonKeyTable, WrappedKeys } from '../../contract/key-ports.ts';
import { caseDataKeys } from '../../security/case-data-keys.ts';
import { boundContextKey, caseCipher } from '../../security/case-keys.ts';
import type { DataKeys } from '../../security/data-keys.ts';
import { rotateMasterKey, rotatePersonKeys, RETIRED_KEPT_MS } from '../../security/key-rotation.ts';
import { personKeysIn, type MasterKeys } from '../../security/person-keys.ts';
import { openContextKeys, openContextStore, openPersonKeyTable } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

const PEOPLE = ['ann', 'ben', 'chitra'];
const newKey = (): KeyObject => createSecretKey(randomBytes(32));

/** No data key of a ring takes part here. */
const ring: DataKeys = {
  keyFor: () => ({ id: 'ring', secret: newKey() }),
  find: () => ({ kind: 'unknown' }),
};

/** Steps of a rotation that change something. */
const CHANGES = ['replaceSecret', 'retire', 'presentKey', 'drop', 'scrub', 'rewrap'];

/** An object whose changes are counted together with others', and one of which never happens, or is never heard of. */
function cutting<Target extends object>(
  target: Target,
  cut: { left: number; readonly after: boolean },
): Target {
  return new Proxy(target, {
    get: (from, name): unknown => {
      const member: unknown = Reflect.get(from, name);
      if (name === 'caseKeys') return cutting(member as object, cut);
      if (typeof member !== 'function') return member;
      const call = member as (...words: unknown[]) => Promise<unknown>;
      if (!CHANGES.includes(String(name))) return call.bind(from);
      return async (...words: unknown[]): Promise<unknown> => {
        cut.left -= 1;
        if (cut.left === 0 && !cut.after) throw new Error('cut off');
        const answer = await call.apply(from, words);
        if (cut.left === 0) throw new Error('cut off');
        return answer;
      };
    },
  });
}

/** Rotation of persons' keys and of the master key, on every kind of key store. */
export function testKeyRotation(stores: StoresUnderTest): void {
  describe('rotation of keys', () => {
    let keysUrl: string;
    let table: PersonKeyTable;
    let context: WrappedKeys & { close(): Promise<void> };
    let contextUrl: string;
    let masters: MasterKeys;
    let now: number;

    /** What a process that has just started reads: everything, or it throws. */
    const readAll = async (): Promise<void> => {
      const fresh = await openPersonKeyTable(keysUrl);
      const store = await openStore(fresh);
      const persons = personKeysIn(fresh, masters);
      const keys = caseDataKeys({ ring, persons, table: fresh.caseKeys });
      try {
        for (const person of PEOPLE) {
          expect(await keys.stateOf(`case-${person}`, person)).toBe('theirs');
          const stored = await fresh.caseKeys.ofCase(`case-${person}`);
          expect((await keys.find(stored?.id ?? '', undefined)).kind).toBe('key');
          const read = await store.read({ trace: `t-${person}`, messages: { through: 1 } });
          expect(read.messages[0]?.text).toBe(`I am ${person}`);
        }
      } finally {
        await store.close();
      }
    };
    const openStore = (keyTable: PersonKeyTable): Promise<ContextStore> =>
      openContextStore(contextUrl, { cipher: caseCipher(personKeysIn(keyTable, masters)) });
    const ownersOf = async (): Promise<readonly (string | undefined)[]> =>
      (await table.page('', 100)).map((one) => one.person && (one.retiredAt ?? 'present'));

    beforeEach(async () => {
      now = Date.parse('2026-11-21T09:00:00Z');
      masters = { present: newKey(), retired: [] };
      [keysUrl, contextUrl] = [await stores.freshUrl(), await stores.freshUrl()];
      table = await openPersonKeyTable(keysUrl);
      const store = await openStore(await openPersonKeyTable(keysUrl));
      const keys = caseDataKeys({ ring, persons: personKeysIn(table, masters), table: table.caseKeys });
      for (const person of PEOPLE) {
        await keys.register(`case-${person}`, person);
        const message = {
          id: 'm1',
          sequence: 1,
          at: '2026-11-21T09:00:00Z',
          from: { kind: 'user' },
          text: `I am ${person}`,
        } as const;
        const owner = { trace: `t-${person}`, caseId: `case-${person}`, person };
        await store.write({ case: owner, messages: [message] });
      }
      await store.close();
      context = await openContextKeys(contextUrl, boundContextKey);
    });
    afterEach(async () => {
      await context.close();
      await table.close();
    });

    const persons = (options: { readonly renew: boolean; readonly cut?: Cut }) =>
      rotatePersonKeys({
        table: options.cut ? cutting(table, options.cut) : table,
        context: options.cut ? cutting(context, options.cut) : context,
        masters,
        renew: options.renew,
        now: () => new Date(now),
      });
    type Cut = Parameters<typeof cutting>[1];

    test('of the master key: the old one may go, and nothing is lost', async () => {
      const old = masters.present ?? newKey();
      masters = { present: newKey(), retired: [old] };
      await readAll();
      expect(await rotateMasterKey(table, masters)).toEqual({ keys: 4, rewrapped: 4 });
      expect(await rotateMasterKey(table, masters)).toEqual({ keys: 4, rewrapped: 0 });
      masters = { ...masters, retired: [] };
      await readAll();
      masters = { present: old, retired: [] };
      await expect(readAll()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
    });

    test('a first master key is brought in, and keys in clear are refused afterwards', async () => {
      const first = { present: newKey(), retired: [masters.present ?? newKey()] };
      await rotateMasterKey(table, { retired: first.retired, clear: true });
      masters = { present: first.present, retired: [] };
      await expect(readAll()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
      masters = { ...masters, clear: true };
      await readAll();
      expect((await rotateMasterKey(table, masters)).rewrapped).toBe(4);
      masters = { present: first.present, retired: [] };
      await readAll();
    });

    test.each([false, true])('of the master key, cut at every step (step was done: %s)', async (after) => {
      for (let step = 1; ; step += 1) {
        masters = { present: newKey(), retired: [...masters.retired, ...[masters.present ?? newKey()]] };
        const cut = { left: step, after };
        const done = await rotateMasterKey(cutting(table, cut), masters).catch(() => undefined);
        await readAll();
        expect((await rotateMasterKey(table, masters)).keys).toBe(4);
        masters = { ...masters, retired: [] };
        await readAll();
        if (done) break;
      }
    });

    test('of persons’ keys: nothing is wrapped by the old ones, which go an hour later', async () => {
      const before = new Set((await table.page('', 100)).map((one) => one.keyId));
      expect(await persons({ renew: true })).toEqual({ persons: 3, rewrapped: 6, removed: 0, kept: 3 });
      await readAll();
      expect((await ownersOf()).filter((one) => one === 'present')).toHaveLength(3);
      expect(await persons({ renew: false })).toEqual({ persons: 0, rewrapped: 0, removed: 0, kept: 3 });
      now += RETIRED_KEPT_MS;
      expect(await persons({ renew: false })).toEqual({ persons: 0, rewrapped: 0, removed: 3, kept: 0 });
      await readAll();
      const after = (await table.page('', 100)).filter((one) => one.person !== undefined);
      expect(after.filter((one) => before.has(one.keyId))).toEqual([]);
    });

    test.each([false, true])('of persons’ keys, cut at every step (step was done: %s)', async (after) => {
      for (let step = 1; ; step += 1) {
        const cut = { left: step, after };
        const done = await persons({ renew: true, cut }).catch(() => undefined);
        await readAll();
        now += RETIRED_KEPT_MS;
        await persons({ renew: false });
        await readAll();
        expect(await ownersOf()).toEqual(expect.not.arrayContaining([expect.stringMatching(/^2026/)]));
        if (done) break;
      }
    });

    test('a data key that is kept late under a retired key is wrapped anew before that goes', async () => {
      const late = await table.caseKeys.ofCase('case-ann');
      await persons({ renew: true });
      const anew = await table.caseKeys.ofCase('case-ann');
      if (!late?.key || !anew?.key) throw new Error('the case has a key');
      // As if a process had been slow.
      expect(await table.caseKeys.rewrap(late.id, anew.key, late.key)).toBe(true);
      now += RETIRED_KEPT_MS;
      expect(await persons({ renew: false })).toMatchObject({ rewrapped: 1, removed: 3 });
      await readAll();
    });

    test('a person is erased with their retired keys too', async () => {
      await persons({ renew: true });
      const digest = await personKeysIn(table, masters).digestOf(JSON.stringify(['person', 'ann']));
      await table.destroy(digest);
      expect((await table.page('', 100)).filter((one) => one.person === digest)).toEqual([]);
      expect(await persons({ renew: false })).toMatchObject({ rewrapped: 0 });
    });
  });
}
