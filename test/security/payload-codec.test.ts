import type { Payload } from '@temporalio/common';
import fc from 'fast-check';
import { failureEntry } from '../../contract/failures.ts';
import { payloadConverter } from '../../contract/payload-converter.ts';
import { isPoison } from '../../contract/poison.ts';
import { createEncryptionCodec } from '../../security/payload-codec.ts';
import { parseKeyRing, requireActiveKeys } from '../../security/key-ring.ts';
import { keyRingText } from './key-rings.ts';

const ring = parseKeyRing(keyRingText({ encryptWith: 'k2', active: ['k2'], retired: ['k1'] }));
const codec = createEncryptionCodec({ keys: ring });
const context = { type: 'workflow', namespace: 'default', workflowId: 'case-1' } as const;

async function seal(payload: Payload, inCase: typeof context | undefined = context): Promise<Payload> {
  const [sealed] = await codec.encode([payload], inCase);
  if (!sealed) throw new Error('nothing came back');
  return sealed;
}

async function openValue(payload: Payload, inCase: typeof context | undefined = context): Promise<unknown> {
  const [opened] = await codec.decode([payload], inCase);
  return opened && payloadConverter.fromPayload(opened);
}

function metadataOf(payload: Payload): Record<string, Uint8Array> {
  return payload.metadata as Record<string, Uint8Array>;
}

const anyPayload = fc.record({
  metadata: fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
    fc.uint8Array(),
  ),
  data: fc.uint8Array({ maxLength: 2_000 }),
});

test('encoding and decoding is the identity for any payload, in a case and without one', async () => {
  await fc.assert(
    fc.asyncProperty(anyPayload, fc.boolean(), async (payload, inCase) => {
      const opened = await codec.decode([await seal(payload, inCase ? context : undefined)], context);
      expect(plain(opened[0])).toEqual(plain(payload));
    }),
  );
});

/** Bytes as numbers, whatever class they came in. */
function plain(payload: Payload | undefined): unknown {
  return {
    metadata: Object.entries(payload?.metadata ?? {})
      .map(([name, value]) => [name, [...value]])
      .sort(),
    data: [...(payload?.data ?? [])],
  };
}

test('any flipped bit of nonce, ciphertext or tag yields the poison marker', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.nat(), async (text, at) => {
      const sealed = await seal(payloadConverter.toPayload(text));
      const data = Buffer.from(sealed.data ?? []);
      const bit = at % (data.length * 8);
      data[bit >> 3] = (data[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isPoison(await openValue({ ...sealed, data }))).toBe(true);
    }),
  );
});

test('any flipped bit of the key id, or of the case, yields the poison marker', async () => {
  for (const name of ['encryption-key-id', 'baton-case']) {
    const sealed = await seal(payloadConverter.toPayload('secret'));
    const bytes = metadataOf(sealed)[name] ?? new Uint8Array();
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const changed = { ...sealed, metadata: { ...metadataOf(sealed), [name]: flipped } };
      for (const inCase of [context, undefined]) {
        expect([name, bit, isPoison(await openValue(changed, inCase))]).toEqual([name, bit, true]);
      }
    }
  }
});

test('another registered key, a truncated text and a payload of another case are refused', async () => {
  const sealed = await seal(payloadConverter.toPayload('secret'));
  const asOld = { ...sealed, metadata: { ...metadataOf(sealed), 'encryption-key-id': Buffer.from('k1') } };
  const data = sealed.data ?? new Uint8Array();
  for (const length of [0, 11, 27, data.length - 1]) {
    expect(isPoison(await openValue({ ...sealed, data: data.subarray(0, length) }))).toBe(true);
  }
  expect(isPoison(await openValue(asOld))).toBe(true);
  expect(await openValue(sealed, { ...context, workflowId: 'case-2' } as never)).toEqual({
    batonPoison: { encoding: 'binary/encrypted', reason: 'it was encrypted for another case' },
  });
  expect(await openValue(sealed)).toBe('secret');
});

test('what a payload says is nowhere in its encrypted form, and two of the same differ', async () => {
  const one = await seal(payloadConverter.toPayload('canary-7d1'));
  const two = await seal(payloadConverter.toPayload('canary-7d1'));
  expect(Buffer.from(one.data ?? []).includes('canary')).toBe(false);
  expect(Buffer.from(one.data ?? []).equals(Buffer.from(two.data ?? []))).toBe(false);
});

test('payloads in clear pass', async () => {
  expect(await openValue(payloadConverter.toPayload({ text: 'from the UI' }))).toEqual({
    text: 'from the UI',
  });
});

test('after a rotation old payloads still open, and new ones are under the new key', async () => {
  const before = createEncryptionCodec({
    keys: parseKeyRing(keyRingText({ encryptWith: 'k1', active: ['k1', 'k2'] })),
  });
  const [old] = await before.encode([payloadConverter.toPayload('old')], context);
  expect(Buffer.from(metadataOf(old ?? {})['encryption-key-id'] ?? []).toString()).toBe('k1');
  expect(await openValue(old ?? {})).toBe('old');
  const fresh = await seal(payloadConverter.toPayload('new'));
  expect(Buffer.from(metadataOf(fresh)['encryption-key-id'] ?? []).toString()).toBe('k2');
});

test('a registered key that is missing here fails the task and raises one alarm; an active one stops the start', async () => {
  const alarms: string[] = [];
  const lacking = parseKeyRing(
    keyRingText({ encryptWith: 'k3', active: ['k3'], retired: ['k2'], lacking: ['k2'] }),
  );
  const other = createEncryptionCodec({ keys: lacking, onAlarm: ({ code }) => alarms.push(code) });
  const sealed = await seal(payloadConverter.toPayload('secret'));
  for (let times = 0; times < 2; times += 1) {
    await expect(other.decode([sealed], context)).rejects.toMatchObject({ code: 'CODEC_KEY_MISSING' });
  }
  expect(alarms).toEqual(['CODEC_KEY_MISSING']);
  expect(() => {
    requireActiveKeys(lacking);
  }).not.toThrow();
  const active = parseKeyRing(keyRingText({ encryptWith: 'k3', active: ['k2', 'k3'], lacking: ['k2'] }));
  expect(() => {
    requireActiveKeys(active);
  }).toThrow(failureEntry('CODEC_KEY_MISSING').message);
});

test.each([
  ['no JSON', '{"keys": "s3cret'],
  ['no active key to encrypt with', keyRingText({ encryptWith: 'k9', active: ['k1'] })],
  ['a retired key to encrypt with', keyRingText({ encryptWith: 'k1', active: ['k2'], retired: ['k1'] })],
  ['two keys of one id', keyRingText({ encryptWith: 'k1', active: ['k1', 'k1'] })],
  [
    'a short secret',
    keyRingText({ encryptWith: 'k1', active: ['k1'] }).replace(/"secret":"\w{4}/, '"secret":"'),
  ],
])('a key ring with %s is refused, and no secret is quoted', (_what, text) => {
  expect(() => parseKeyRing(text)).toThrow(failureEntry('CONFIGURATION_INVALID').message);
  expect(() => parseKeyRing(text)).not.toThrow(/s3cret|[A-Za-z0-9_-]{43}/);
});
