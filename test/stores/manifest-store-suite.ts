import { openManifestStore } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** What every manifest store does. */
export function testManifestStore(stores: StoresUnderTest): void {
  describe('ManifestStore', () => {
    it('keeps a manifest under its digest, once, to the letter', async () => {
      const url = await stores.freshUrl();
      const manifests = await openManifestStore(url);
      const manifest = { team: 'support', agents: [{ name: 'zoë' }], ['__proto__']: 1, about: '\u0000' };
      expect(await manifests.get('d')).toBeUndefined();
      await manifests.put('d', manifest);
      await manifests.put('d', { team: 'another' });
      await Promise.all([manifests.put('e', { e: 1 }), manifests.put('e', { e: 1 })]);
      expect(JSON.stringify(await manifests.get('d'))).toBe(JSON.stringify(manifest));
      expect(await manifests.get('e')).toEqual({ e: 1 });
      await manifests.close();

      const again = await openManifestStore(url);
      expect(JSON.stringify(await again.get('d'))).toBe(JSON.stringify(manifest));
      await again.close();
      await expect(again.get('d')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });
}
