import { createHmac, createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { BatonError, failure } from '../contract/failures.ts';
import type { PersonKeys, PersonKeyTable } from '../contract/key-ports.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';

/** Bytes of an AES-256 key. */
const SECRET_BYTES = 32;

/** The variable with the key that encrypts the keys of persons at rest. */
const MASTER_KEY = 'BATON_MASTER_KEY';

/**
 * The master key of the environment: 32 bytes in base64url. Undefined where none is set; then whoever reads the key
 * store's files reads the keys.
 * @throws BatonError `CONFIGURATION_INVALID`, which never quotes the key
 */
export function masterKeyOf(
  environment: Readonly<Record<string, string | undefined>>,
): KeyObject | undefined {
  const value = environment[MASTER_KEY];
  if (value === undefined || value === '') return undefined;
  const bytes = /^[A-Za-z0-9_-]{43}$/.test(value) ? Buffer.from(value, 'base64url') : undefined;
  if (bytes?.length !== SECRET_BYTES) {
    const detail = `${MASTER_KEY} is not ${String(SECRET_BYTES)} bytes in base64url`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, MASTER_KEY));
  }
  return createSecretKey(bytes);
}

/**
 * Keys of persons in a table. (With a key management service, implement {@link PersonKeys} over its encrypt, decrypt
 * and schedule-deletion calls instead.)
 * @param master encrypts them at rest
 */
export function personKeysIn(table: PersonKeyTable, master?: KeyObject): PersonKeys {
  const atRest = (secret: Buffer, bound: string): string =>
    (master === undefined ? secret : Buffer.from(sealBytes(master, secret, bound))).toString('base64');
  const fromRest = (text: string, bound: string): KeyObject => {
    const bytes = Buffer.from(text, 'base64');
    const secret = master === undefined ? bytes : openBytes(master, bytes, bound);
    if (secret?.length !== SECRET_BYTES) {
      const detail = 'the keys of persons were written with another master key';
      throw new BatonError(failure('CONFIGURATION_INVALID', detail, MASTER_KEY));
    }
    return createSecretKey(secret);
  };

  let pepper: Promise<KeyObject> | undefined;
  const readPepper = async (): Promise<KeyObject> =>
    fromRest(
      await table.installationSecret(atRest(randomBytes(SECRET_BYTES), 'installation')),
      'installation',
    );

  return {
    digestOf: async (person) => {
      pepper ??= readPepper();
      try {
        return createHmac('sha256', await pepper)
          .update(person)
          .digest('hex');
      } catch (thrown) {
        pepper = undefined;
        throw thrown;
      }
    },
    wrap: async (person, dataKey, bound) => {
      const keyId = randomUUID();
      const candidate = { keyId, secret: atRest(randomBytes(SECRET_BYTES), keyId) };
      const present = await table.presentKey(person, candidate);
      const sealed = sealBytes(fromRest(present.secret, present.keyId), dataKey, bound);
      return { keyId: present.keyId, wrapped: Buffer.from(sealed).toString('base64') };
    },
    unwrap: async ({ keyId, wrapped }, bound) => {
      const stored = await table.find(keyId);
      return stored === undefined
        ? undefined
        : openBytes(fromRest(stored.secret, keyId), Buffer.from(wrapped, 'base64'), bound);
    },
    destroy: (person) => table.destroy(person),
    close: () => table.close(),
  };
}
