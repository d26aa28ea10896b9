import { openNonceStore } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** What every store of nonces does. */
export function testNonceStore(stores: StoresUnderTest): void {
  describe('NonceStore', () => {
    it('consumes a nonce once; the same use again is a repeat, any other is refused, also later', async () => {
      const url = await stores.freshUrl();
      const nonces = await openNonceStore(url);
      const use = { trace: 't', nonce: 'n', handoffId: 'h1', digest: 'd' };
      expect(await nonces.consume(use)).toBe('consumed');
      expect(await nonces.consume(use)).toBe('repeated');
      expect(await nonces.consume({ ...use, handoffId: 'h2' })).toBe('used');
      expect(await nonces.consume({ ...use, digest: 'e' })).toBe('used');
      expect(await nonces.consume({ ...use, trace: 'u' })).toBe('consumed');
      await nonces.close();
      const again = await openNonceStore(url);
      expect(await again.consume(use)).toBe('repeated');
      await again.close();
    });

    it('of many at once, one consumes', async () => {
      const url = await stores.freshUrl();
      const [one, two] = await Promise.all([openNonceStore(url), openNonceStore(url)]);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? one : two).consume({
            trace: 't',
            nonce: 'n',
            handoffId: `h${String(index)}`,
            digest: 'd',
          }),
        ),
      );
      expect(answers.filter((answer) => answer === 'consumed')).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'used')).toHaveLength(19);
      await Promise.all([one.close(), two.close()]);
    });
  });
}
