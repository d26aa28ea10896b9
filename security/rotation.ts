import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { BatonError, failure } from '../contract/failures.ts';
import type { DoorKeysFile } from './door-keys.ts';
import { SECRET_BYTES, type KeyRingFile } from './key-ring.ts';
import type { SigningKey, SigningKeysFile } from './signing-keys.ts';

/** A key ring with one more active key. The first key of a ring encrypts at once; later ones wait for a rotation. */
export function addCodecKey(ring: KeyRingFile | undefined, id: string, now: Date): KeyRingFile {
  refuseTaken(ring?.keys, id);
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const key = { id, status: 'active' as const, secret, createdAt: now.toISOString() };
  return { version: '1.0.0', encryptWith: ring?.encryptWith ?? id, keys: [...(ring?.keys ?? []), key] };
}

/**
 * Encrypts with the newest active key from now on, and retires the one before: it still decrypts. Whoever lacks the
 * new key would refuse what it encrypts, so adding a key and using it are two steps, with its distribution between.
 * @throws BatonError `REQUEST_FORBIDDEN` where there is no newer key
 */
export function rotateCodecKeys(ring: KeyRingFile, now: Date): KeyRingFile {
  const next = newest(ring.keys, ring.encryptWith);
  return {
    ...ring,
    encryptWith: next.id,
    keys: ring.keys.map((key) => (key.id === ring.encryptWith ? retired(key, now) : key)),
  };
}

/** A registry with one more active signing key; the first one signs at once, later ones wait for a rotation. */
export function addSigningKey(
  registry: SigningKeysFile | undefined,
  id: string,
  now: Date,
  speaksFor?: readonly string[],
): SigningKeysFile {
  refuseTaken(registry?.keys, id);
  const key: SigningKey = { ...newPair(id, now), ...(speaksFor ? { speaksFor: [...speaksFor] } : {}) };
  return { version: '1.0.0', signWith: registry?.signWith ?? id, keys: [...(registry?.keys ?? []), key] };
}

/** Signs with the newest own key from now on; the one before still vouches for what it signed. */
export function rotateSigningKeys(registry: SigningKeysFile, now: Date): SigningKeysFile {
  return { ...registry, ...rotated(registry, now) };
}

/**
 * A file of door keys with one more; the first one signs at once, later ones wait for a rotation.
 * @param tenants the only ones that the door speaks for; all when absent
 */
export function addDoorKey(
  file: DoorKeysFile | undefined,
  id: string,
  now: Date,
  tenants?: readonly string[],
): DoorKeysFile {
  refuseTaken(file?.keys, id);
  const key = { ...newPair(id, now), ...(tenants ? { tenants: [...tenants] } : {}) };
  return { version: '1.0.0', signWith: file?.signWith ?? id, keys: [...(file?.keys ?? []), key] };
}

/** Decisions are signed with the newest own key from now on; the one before counts for those under way. */
export function rotateDoorKeys(file: DoorKeysFile, now: Date): DoorKeysFile {
  return { ...file, ...rotated(file, now) };
}

/** What workers are to have of a file of signing or door keys: no private half, and nothing to sign with. */
export function publicHalves({ version, keys }: DoorKeysFile | SigningKeysFile): object {
  const halves = keys.map((key) =>
    Object.fromEntries(Object.entries(key).filter(([name]) => name !== 'privateKey')),
  );
  return { version, keys: halves };
}

function newPair(
  id: string,
  now: Date,
): Required<Pick<SigningKey, 'id' | 'status' | 'publicKey' | 'privateKey' | 'notBefore'>> {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return {
    id,
    status: 'active',
    publicKey: String(x),
    privateKey: String(d),
    notBefore: now.toISOString(),
  };
}

interface OwnKey {
  readonly id: string;
  readonly status: string;
  readonly privateKey?: string | undefined;
}

function rotated<Key extends OwnKey>(
  file: { readonly signWith?: string | undefined; readonly keys: readonly Key[] },
  now: Date,
): { signWith: string; keys: (Key | (Key & { status: 'retired'; retiredAt: string }))[] } {
  const next = newest(
    file.keys.filter((key) => key.privateKey !== undefined),
    file.signWith,
  );
  return {
    signWith: next.id,
    keys: file.keys.map((key) => (key.id === file.signWith ? retired(key, now) : key)),
  };
}

function newest<Key extends { readonly id: string; readonly status: string }>(
  keys: readonly Key[],
  current: string | undefined,
): Key {
  const at = keys.findIndex((key) => key.id === current);
  const next = keys.slice(at + 1).findLast((key) => key.status === 'active');
  if (next) return next;
  const detail =
    'there is no newer active key; make one with `baton keys new`, hand the file out, then rotate';
  throw new BatonError(failure('REQUEST_FORBIDDEN', detail, 'keys'));
}

function retired<Key extends object>(key: Key, now: Date): Key & { status: 'retired'; retiredAt: string } {
  return { ...key, status: 'retired', retiredAt: now.toISOString() };
}

function refuseTaken(keys: readonly { readonly id: string }[] | undefined, id: string): void {
  if (keys?.some((key) => key.id === id) === true)
    throw new BatonError(failure('REQUEST_FORBIDDEN', `there is a key ${JSON.stringify(id)} already`, 'id'));
}
