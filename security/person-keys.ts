import { createHmac, createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { BatonError, failure } from '../contract/failures.ts';
import type { PersonKeys, PersonKeyTable } from '../contract/key-ports.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';

/** Bytes of an AES-256 key. */
const SECRET_BYTES = 32;

/** The variable with the key that encrypts the keys of persons at rest. */
const MASTER_KEY = 'BATON_MASTER_KEY';

/** The keys that encrypt persons' keys at rest. */
export interface MasterKeys {
  /** Encrypts. Absent where keys lie in clear; then whoever reads the key store's files reads the keys. */
  readonly present?: KeyObject;
  /** Still open what they encrypted, until it is encrypted anew. */
  readonly retired: readonly KeyObject[];
  /** Keys that lie in clear are still read, while a first master key is brought in. */
  readonly clear?: boolean;
}

/**
 * The master keys of the environment, 32 bytes in base64url each, separated by commas: the first one encrypts, the
 * others still open what they encrypted. The word `clear` lets keys be read that were written without any.
 * @throws BatonError `CONFIGURATION_INVALID`, which never quotes a key
 */
export function masterKeysOf(environment: Readonly<Record<string, string | undefined>>): MasterKeys {
  const words = (environment[MASTER_KEY] ?? '').split(',').map((word) => word.trim());
  if (words.length === 1 && words[0] === '') return { retired: [], clear: true };
  const [present, ...retired] = words.filter((word) => word !== 'clear').map(masterKey);
  if (present === undefined) throw malformed();
  return { present, retired, ...(words.includes('clear') ? { clear: true } : {}) };
}

function masterKey(word: string): KeyObject {
  const bytes = /^[A-Za-z0-9_-]{43}$/.test(word) ? Buffer.from(word, 'base64url') : undefined;
  if (bytes?.length !== SECRET_BYTES) throw malformed();
  return createSecretKey(bytes);
}

function malformed(): BatonError {
  const detail = `${MASTER_KEY} is not ${String(SECRET_BYTES)} bytes in base64url, or several separated by commas`;
  return new BatonError(failure('CONFIGURATION_INVALID', detail, MASTER_KEY));
}

/** Encrypts and opens persons' keys at rest. */
export interface KeysAtRest {
  seal(secret: Uint8Array, bound: string): string;
  /** @throws BatonError `CONFIGURATION_INVALID` for what no master key of this process opens */
  open(text: string, bound: string): { readonly secret: Uint8Array; readonly byPresent: boolean };
}

/** Persons' keys as their table has them, under master keys. */
export function keysAtRest({ present, retired, clear = false }: MasterKeys): KeysAtRest {
  return {
    seal: (secret, bound) =>
      Buffer.from(present === undefined ? secret : sealBytes(present, secret, bound)).toString('base64'),
    open: (text, bound) => {
      const bytes = Buffer.from(text, 'base64');
      // What is encrypted is longer by its nonce and tag, so neither can be taken for the other.
      if (bytes.length === SECRET_BYTES) {
        if (clear) return { secret: bytes, byPresent: present === undefined };
      } else {
        for (const master of [...(present ? [present] : []), ...retired]) {
          const secret = openBytes(master, bytes, bound);
          if (secret?.length === SECRET_BYTES) return { secret, byPresent: master === present };
        }
      }
      const detail = 'the keys of persons were written with another master key';
      throw new BatonError(failure('CONFIGURATION_INVALID', detail, MASTER_KEY));
    },
  };
}

/** What the installation's own secret is bound to: there is one. */
export const INSTALLATION_SECRET = 'installation';

/**
 * Keys of persons in a table. (With a key management service, implement {@link PersonKeys} over its encrypt, decrypt
 * and schedule-deletion calls instead.)
 * @param masters encrypt them at rest
 */
export function personKeysIn(
  table: PersonKeyTable,
  masters: MasterKeys = { retired: [], clear: true },
): PersonKeys {
  const rest = keysAtRest(masters);
  const atRest = (secret: Buffer, bound: string): string => rest.seal(secret, bound);
  const fromRest = (text: string, bound: string): KeyObject =>
    createSecretKey(Buffer.from(rest.open(text, bound).secret));

  let pepper: Promise<KeyObject> | undefined;
  const readPepper = async (): Promise<KeyObject> =>
    fromRest(
      await table.installationSecret(atRest(randomBytes(SECRET_BYTES), INSTALLATION_SECRET)),
      INSTALLATION_SECRET,
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
