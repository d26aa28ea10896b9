import { provedText } from '../../contract/proof.ts';
import { isSignedBy } from '../../contract/signature.ts';
import { createDecisionSigner, doorKeysIn, parseDoorKeysFile } from '../../security/door-keys.ts';
import { decisionSignerOfEnvironment, doorKeysOfEnvironment } from '../../security/index.ts';
import { addDoorKey, publicHalves, rotateDoorKeys } from '../../security/rotation.ts';

const decision = {
  reviewId: 'r1',
  digest: 'a'.repeat(64),
  decision: 'approve',
  by: 'ana',
  reason: 'fine',
} as const;
const who = { caseId: 'acme~order-7', decision, roles: ['staff'], tenant: 'acme' };
const at = Date.UTC(2026, 0, 5);
const first = addDoorKey(undefined, 'web-1', new Date(at), ['acme']);

describe('a signature, strictly after RFC 8032', () => {
  // Test 2 of section 7.1.
  const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
  const signature =
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

  test('of the standard holds, for its text and key alone', () => {
    expect(isSignedBy(key, signature, 'r')).toBe(true);
    expect(isSignedBy(key, signature, 's')).toBe(false);
    expect(isSignedBy(key.replace('3d', '3e'), signature, 'r')).toBe(false);
    // Asked again, the answer is the same.
    expect(isSignedBy(key, signature, 'r')).toBe(true);
    expect(isSignedBy(key, signature, 's')).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['half of one', signature.slice(0, 64)],
    ['no hexadecimal digits', 'z'.repeat(128)],
  ])('that is %s holds for nothing', (_what, broken) => {
    expect(isSignedBy(key, broken, 'r')).toBe(false);
    expect(isSignedBy(broken, signature, 'r')).toBe(false);
  });

  test('in another form than the one that was made holds for nothing', () => {
    // The same scalar plus the order of the group.
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${Buffer.from(signature.slice(64), 'hex').reverse().toString('hex')}`);
    const other = Buffer.from((scalar + order).toString(16).padStart(64, '0'), 'hex')
      .reverse()
      .toString('hex');
    expect(isSignedBy(key, signature.slice(0, 64) + other, 'r')).toBe(false);
  });
});

test('what a door signs is what cases check: five minutes, with the key of its file', () => {
  const signer = createDecisionSigner(
    () => JSON.stringify(first),
    () => at,
  );
  const { signature, ...word } = signer.sign(who);
  expect(word).toEqual({
    key: 'web-1',
    roles: ['staff'],
    tenant: 'acme',
    expires: new Date(at + 300_000).toISOString(),
  });
  const [key] = doorKeysIn(() => JSON.stringify(publicHalves(first))).current();
  expect(key).toMatchObject({ id: 'web-1', status: 'active', tenants: ['acme'] });
  const text = provedText({ ...word, caseId: who.caseId, decision });
  expect(isSignedBy(String(key?.publicKey), signature, text)).toBe(true);
  expect(JSON.stringify(key)).not.toContain(String(first.keys[0]?.privateKey));
});

test('after a rotation the next signature is of the newest key, without a restart', () => {
  let file = first;
  const signer = createDecisionSigner(() => JSON.stringify(file));
  const keys = doorKeysIn(() => JSON.stringify(publicHalves(file)));
  expect(signer.sign(who).key).toBe('web-1');
  file = addDoorKey(file, 'web-2', new Date(at));
  expect(signer.sign(who).key).toBe('web-1');
  file = rotateDoorKeys(file, new Date(at));
  expect(signer.sign(who).key).toBe('web-2');
  expect(keys.current()).toMatchObject([
    { id: 'web-1', status: 'retired', retiredAt: new Date(at).toISOString() },
    { id: 'web-2', status: 'active' },
  ]);
});

test.each<[string, object, string]>([
  ['two keys of one id', { ...first, keys: [...first.keys, ...first.keys] }, 'two keys have the id web-1'],
  ['a key that is not there', { ...first, signWith: 'web-9' }, 'signWith'],
  ['no key at all', { ...first, keys: [] }, 'keys'],
  ['a tenant that is none', { ...first, keys: [{ ...first.keys[0], tenants: ['ACME'] }] }, 'tenants'],
])('a file with %s is refused, and no key is quoted', (_what, file, words) => {
  const parse = (): unknown => parseDoorKeysFile(JSON.stringify(file));
  expect(parse).toThrow(words);
  expect(parse).not.toThrow(String(first.keys[0]?.privateKey));
});

test('halves that do not belong together sign nothing; neither does a file of public halves', () => {
  const [other] = addDoorKey(undefined, 'web-2', new Date(at)).keys;
  const mixed = { ...first, keys: [{ ...first.keys[0], publicKey: other?.publicKey }] };
  const signs = (file: object) => (): unknown => createDecisionSigner(() => JSON.stringify(file)).sign(who);
  expect(signs(mixed)).toThrow('its halves do not belong together');
  expect(signs(publicHalves(first))).toThrow('names no key to sign with');
  const environment = { BATON_DOOR_KEYS: JSON.stringify(publicHalves(first)) };
  expect(decisionSignerOfEnvironment(environment)).toBeUndefined();
  expect(doorKeysOfEnvironment(environment)?.current()).toHaveLength(1);
  expect(doorKeysOfEnvironment({})).toBeUndefined();
  expect(() => doorKeysOfEnvironment({ BATON_DOOR_KEYS: '{}' })).toThrow('door keys: version');
});
