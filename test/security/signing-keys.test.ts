import { compactVerify, importJWK } from 'jose';
import fc from 'fast-check';
import { failureEntry } from '../../contract/failures.ts';
import type { SealBody } from '../../contract/seal.ts';
import { sealedText } from '../../contract/seal.ts';
import { createEnvelopeSeals } from '../../security/signing-keys.ts';
import { newKey, registryText } from './signing-registries.ts';

const key = newKey('w1');
const other = newKey('w2');
const seals = createEnvelopeSeals(registryText('w1', key, other));
const body: SealBody = {
  version: '1.0.0',
  trace: '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11',
  edge: { from: 'triage', to: 'billing' },
  facts: { order: 'B1', amount: 39.9, nested: { list: [1, 'zwei', null] } },
  manifest: 'f'.repeat(64),
  nonce: 'bm9uY2U',
};

test('a seal holds for its body, however its properties are ordered', () => {
  const signature = seals.sign(body, 'source');
  expect(seals.check(body, signature)).toEqual({ ok: true, by: 'source' });
  const reordered = Object.fromEntries(Object.entries(body).reverse()) as unknown as SealBody;
  expect(seals.check(reordered, signature)).toEqual({ ok: true, by: 'source' });
});

test('any changed byte of a signed body is refused', () => {
  const signature = seals.sign(body, 'source');
  const text = sealedText(body);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
      const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
      fc.pre(changed !== text);
      let parsed: SealBody;
      try {
        parsed = JSON.parse(changed) as SealBody;
      } catch {
        return;
      }
      // `39.9` and `39.90` are one number: what has the same canonical form is the same body.
      fc.pre(sealedText(parsed) !== text);
      expect(seals.check(parsed, signature).ok).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

test('any changed character of a signature is refused', () => {
  const signature = seals.sign(body, 'source');
  for (let at = 0; at < signature.length; at += 1) {
    for (const character of ['A', 'z', '.', '=']) {
      if (signature[at] === character) continue;
      const changed = signature.slice(0, at) + character + signature.slice(at + 1);
      expect([at, seals.check(body, changed).ok]).toEqual([at, false]);
    }
  }
  for (const text of ['', '.', '..', 'e30..e30', `${signature}.`, signature.replace('..', '.e30.')]) {
    expect(seals.check(body, text).ok).toBe(false);
  }
});

test('any JOSE library can check one: it is a JWS with detached content', async () => {
  const [header, , signature] = seals.sign(body, 'case').split('.');
  const content = Buffer.from(sealedText(body)).toString('base64url');
  const publicKey = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, 'EdDSA');
  const verified = await compactVerify(`${String(header)}.${content}.${String(signature)}`, publicKey);
  expect(verified.protectedHeader).toMatchObject({ alg: 'EdDSA', kid: 'w1', by: 'case' });
});

test('another key, an unknown one and one under a known name are refused', () => {
  const stranger = createEnvelopeSeals(registryText('w9', newKey('w9')));
  expect(seals.check(body, stranger.sign(body, 'source'))).toMatchObject({
    reason: 'no key "w9" is registered',
  });
  const impostor = createEnvelopeSeals(registryText('w1', newKey('w1')));
  expect(seals.check(body, impostor.sign(body, 'source')).ok).toBe(false);
});

test('a key speaks for its agents only, and whoever checks holds it to that', () => {
  const bound = { ...key, speaksFor: ['triage', 'case'] };
  const own = createEnvelopeSeals(registryText('w1', bound));
  expect(own.check(body, own.sign(body, 'source')).ok).toBe(true);
  expect(own.check(body, own.sign(body, 'case')).ok).toBe(true);
  const legal = { ...body, edge: { from: 'legal', to: 'billing' } };
  expect(() => own.sign(legal, 'source')).toThrow(failureEntry('SIGNING_KEY_MISSING').message);
  // A worker that does not mind its own bounds.
  expect(own.check(legal, seals.sign(legal, 'source'))).toMatchObject({
    reason: 'key w1 may not speak for legal',
  });
});

test('rotation: the retired key vouches for what it signed in its time, the new one signs, a revoked one is out', () => {
  const day = 86_400_000;
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  const before = createEnvelopeSeals(registryText('w1', key), () => start);
  const old = before.sign(body, 'source');
  const retired = { ...key, status: 'retired' as const, retiredAt: new Date(start + day).toISOString() };
  const fresh = { ...other, notBefore: new Date(start + day).toISOString() };
  const after = createEnvelopeSeals(registryText('w2', retired, fresh), () => start + 30 * day);
  expect(after.check(body, old).ok).toBe(true);
  expect(after.check(body, after.sign(body, 'source')).ok).toBe(true);
  const late = createEnvelopeSeals(registryText('w1', key), () => start + 2 * day);
  expect(after.check(body, late.sign(body, 'source'))).toMatchObject({ reason: 'key w1 was retired before' });
  const early = createEnvelopeSeals(registryText('w2', other), () => start);
  expect(after.check(body, early.sign(body, 'source'))).toMatchObject({ reason: 'key w2 did not count yet' });
  const revoked = createEnvelopeSeals(registryText('w2', { ...retired, status: 'revoked' }, fresh));
  expect(revoked.check(body, old)).toMatchObject({ reason: 'key w1 is revoked' });
});

test.each([
  ['text that is no JSON', 'private'],
  ['a key to sign with that is not there', registryText('w3', key)],
  ['a retired key to sign with', registryText('w1', { ...key, status: 'retired' })],
  ['two keys of one id', registryText('w1', key, newKey('w1'))],
  ['halves of two keys', registryText('w1', { ...key, publicKey: other.publicKey })],
])('a registry with %s is refused, and no key is quoted', (_what, text) => {
  const read = (): unknown => createEnvelopeSeals(text);
  expect(read).toThrow(failureEntry('CONFIGURATION_INVALID').message);
  expect(read).not.toThrow(/[A-Za-z0-9_-]{43}/);
});

test('a process that only verifies says so when it is to sign', () => {
  const verifier = createEnvelopeSeals(registryText(undefined, key));
  expect(verifier.check(body, seals.sign(body, 'source')).ok).toBe(true);
  expect(() => verifier.sign(body, 'source')).toThrow(failureEntry('SIGNING_KEY_MISSING').message);
});
