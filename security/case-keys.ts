import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { personErased } from '../contract/context.ts';
import { BatonError } from '../contract/failures.ts';
import type { CaseCipher, PersonKeys, PersonKeyTable, WrappedCaseKey } from '../contract/key-ports.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';
import { masterKeysOf, personKeysIn } from './person-keys.ts';

/** Bytes of an AES-256 key. */
const SECRET_BYTES = 32;
/** Unwrapped keys a process keeps at hand. */
const KEYS_AT_HAND = 1_000;
/** How long it keeps them, in milliseconds: so long may another process still read after a person was erased. */
const AT_HAND_MS = 30_000;

interface AtHand {
  readonly secret: KeyObject;
  readonly until: number;
}

/**
 * Encrypts what stores keep with a data key per case, wrapped by the key of its person. What is sealed is bound to
 * its case and place, so that nothing can be moved, and an older version cannot pose as a newer one.
 * @param now milliseconds, a clock to be replaced in tests
 */
export function caseCipher(persons: PersonKeys, now: () => number = Date.now): CaseCipher {
  const atHand = new Map<string, AtHand>();

  const remember = (name: string, secret: KeyObject): void => {
    atHand.delete(name);
    atHand.set(name, { secret, until: now() + AT_HAND_MS });
    const [oldest] = atHand.keys();
    if (atHand.size > KEYS_AT_HAND && oldest !== undefined) atHand.delete(oldest);
  };
  const secretOf = async (trace: string, key: WrappedCaseKey): Promise<KeyObject> => {
    const name = nameOf(trace, key);
    const known = atHand.get(name);
    if (known !== undefined && known.until > now()) return known.secret;
    atHand.delete(name);
    const bytes = await persons.unwrap(key, boundContextKey(trace));
    if (bytes === undefined) throw new BatonError(personErased(trace));
    const secret = createSecretKey(bytes);
    remember(name, secret);
    return secret;
  };

  return {
    digestOf: (person) => persons.digestOf(person),
    newKey: async (trace, person) => {
      const bytes = randomBytes(SECRET_BYTES);
      const key = await persons.wrap(person, bytes, boundContextKey(trace));
      remember(nameOf(trace, key), createSecretKey(bytes));
      return key;
    },
    seal: async (trace, key, texts) => {
      const secret = await secretOf(trace, key);
      return texts.map(({ place, text }) =>
        Buffer.from(sealBytes(secret, Buffer.from(text, 'utf8'), boundText(trace, place))).toString('base64'),
      );
    },
    open: async (trace, key, sealed) => {
      const secret = await secretOf(trace, key);
      return sealed.map(({ place, text }) => {
        const plain = openBytes(secret, Buffer.from(text, 'base64'), boundText(trace, place));
        return plain === undefined ? undefined : Buffer.from(plain).toString('utf8');
      });
    },
    erase: async (person) => {
      try {
        await persons.destroy(person);
      } finally {
        // Also when nobody knows whether it was destroyed. The keys of other persons are unwrapped again.
        atHand.clear();
      }
    },
    close: () => {
      atHand.clear();
      return persons.close();
    },
  };
}

/**
 * Makes ciphers over a table of persons' keys, which are at rest under `BATON_MASTER_KEY` where that is set.
 * @throws BatonError `CONFIGURATION_INVALID` for a master key that is none
 */
export function cipherOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): (table: PersonKeyTable) => CaseCipher {
  const master = masterKeysOf(environment);
  return (table) => caseCipher(personKeysIn(table, master));
}

function nameOf(trace: string, { keyId, wrapped }: WrappedCaseKey): string {
  return JSON.stringify([trace, keyId, wrapped]);
}

/** What the data key of a case's context is bound to. */
export function boundContextKey(trace: string): string {
  return JSON.stringify(['baton-case-key', trace]);
}

function boundText(trace: string, place: string): string {
  return JSON.stringify(['baton-context', trace, place]);
}
