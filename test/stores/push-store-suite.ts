import type { PushConfig, PushConfigStore } from '../../contract/a2a-push.ts';
import { openPushStore } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

const config = (id: string, more: Partial<PushConfig> = {}): PushConfig => ({
  ...{ version: '1.0.0', caseId: 'acme~a2a.1.c.m', id, contextId: 'c', url: 'https://client.example/zwölf' },
  ...more,
});

/** What every store of push configurations does. */
export function testPushStore(stores: StoresUnderTest): void {
  describe('PushConfigStore', () => {
    let url: string;
    let store: PushConfigStore;
    beforeEach(async () => {
      url = await stores.freshUrl();
      store = await openPushStore(url);
    });
    afterEach(() => store.close());

    it('keeps what it was given, by task and id, over a restart', async () => {
      const token = config('b', { token: 't', authentication: { scheme: 'Bearer', credentials: 'x y' } });
      await store.put(token);
      await store.put(config('a'));
      await store.put(config('a', { caseId: 'a2a.2.c.m' }));
      await store.close();
      store = await openPushStore(url);
      expect(await store.list('acme~a2a.1.c.m')).toEqual([config('a'), token]);
      expect(await store.list('nobody')).toEqual([]);
    });

    it('replaces one of the same id, and removes one, twice as well', async () => {
      await store.put(config('a'));
      await store.put(config('a', { url: 'https://client.example/moved' }));
      expect(await store.list(config('a').caseId)).toEqual([
        config('a', { url: 'https://client.example/moved' }),
      ]);
      await store.remove(config('a'));
      await store.remove(config('a'));
      expect(await store.list(config('a').caseId)).toEqual([]);
    });
  });
}
