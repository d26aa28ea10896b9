import { generateKeyPairSync } from 'node:crypto';
import type { NonceStore, NonceUse } from '../../contract/seal.ts';
import type { SigningKey } from '../../security/signing-keys.ts';

/** A fresh signing key, with both halves. */
export function newKey(id: string, more: Partial<SigningKey> = {}): SigningKey {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { id, status: 'active', publicKey: String(x), privateKey: String(d), ...more };
}

/** Text of a registry. Private halves stay with the key that signs, as in real life. */
export function registryText(signWith: string | undefined, ...keys: readonly SigningKey[]): string {
  return JSON.stringify({
    version: '1.0.0',
    ...(signWith === undefined ? {} : { signWith }),
    keys: keys.map(({ privateKey, ...key }) => (key.id === signWith ? { ...key, privateKey } : key)),
  });
}

/** Nonces in memory. */
export function noncesInMemory(): NonceStore {
  const uses = new Map<string, NonceUse>();
  return {
    consume: (use) => {
      const place = `${use.trace} ${use.nonce}`;
      const known = uses.get(place);
      uses.set(place, known ?? use);
      if (!known) return Promise.resolve('consumed');
      const same = known.handoffId === use.handoffId && known.digest === use.digest;
      return Promise.resolve(same ? 'repeated' : 'used');
    },
    close: () => Promise.resolve(),
  };
}
