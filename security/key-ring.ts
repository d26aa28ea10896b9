import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import { parseKeyFile, refuseRepeatedIds } from './key-file.ts';
import { isCaseKeyId, type DataKey, type DataKeys, type FoundKey } from './data-keys.ts';

/** Bytes of an AES-256 key. */
export const SECRET_BYTES = 32;

const Key = z.object({
  /** Stands in clear beside everything the key encrypts. */
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'up to 64 letters, digits, dots, dashes and underscores'),
  /** `active` keys must be at hand wherever payloads are read; `retired` ones only while old cases need them. */
  status: z.enum(['active', 'retired']),
  /** 32 bytes in base64url. A key without it is registered, and this process lacks it. */
  secret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, `${String(SECRET_BYTES)} bytes in base64url`)
    .optional(),
  createdAt: z.iso.datetime().optional(),
  retiredAt: z.iso.datetime().optional(),
});

const File = z
  .object({
    version: z.literal('1.0.0'),
    /** Id of the active key that encrypts. */
    encryptWith: z.string(),
    keys: z.array(Key).min(1).max(1_000),
  })
  .superRefine((file, context) => {
    refuseRepeatedIds(file.keys, context);
    if (file.keys.find((key) => key.id === file.encryptWith)?.status !== 'active')
      context.addIssue({
        code: 'custom',
        path: ['encryptWith'],
        message: 'it must be the id of an active key',
      });
  });
/** A key ring as it is written: what `BATON_CODEC_KEYS` holds or names. */
export type KeyRingFile = z.output<typeof File>;

/** The keys that payloads are encrypted with. Secrets sit in key objects, which no log or inspection prints. */
export interface KeyRing extends DataKeys {
  readonly file: KeyRingFile;
  /** Active keys that are registered and not at hand. */
  readonly lackingActive: readonly string[];
}

/**
 * Reads a key ring.
 * @throws BatonError `CONFIGURATION_INVALID` naming the field, never a secret
 */
export function parseKeyRing(text: string): KeyRing {
  const file = parseKeyRingFile(text);
  const secrets = new Map<string, KeyObject | undefined>(
    file.keys.map(({ id, secret }) => [
      id,
      secret === undefined ? undefined : createSecretKey(Buffer.from(secret, 'base64url')),
    ]),
  );
  const find = (id: string): FoundKey => {
    // A case's own key (M11): without the key store this process lacks it, whatever became of it.
    if (isCaseKeyId(id)) return { kind: 'lacking' };
    if (!secrets.has(id)) return { kind: 'unknown' };
    const secret = secrets.get(id);
    return secret ? { kind: 'key', secret } : { kind: 'lacking' };
  };
  return {
    file,
    lackingActive: file.keys.filter((key) => key.status === 'active' && !key.secret).map((key) => key.id),
    keyFor: (): DataKey => {
      const found = find(file.encryptWith);
      if (found.kind !== 'key') throw keyMissing([file.encryptWith]);
      return { id: file.encryptWith, secret: found.secret };
    },
    find,
  };
}

/** Reads a key ring as data, to change it. @throws BatonError `CONFIGURATION_INVALID` */
export function parseKeyRingFile(text: string): KeyRingFile {
  return parseKeyFile(File, text, {
    notJson: () => invalid('the key ring is not JSON'),
    invalid: (issues) => invalid(`key ring: ${issues}`),
  });
}

function invalid(detail: string): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_CODEC_KEYS'));
}

/**
 * Refuses a ring that lacks the secret of an active key: whoever else encrypts with it could not be read here.
 * @throws BatonError `CODEC_KEY_MISSING`
 */
export function requireActiveKeys(ring: KeyRing): void {
  if (ring.lackingActive.length > 0) throw keyMissing(ring.lackingActive);
}

/** That a registered key is not at hand. */
export function keyMissing(ids: readonly string[]): BatonError {
  const names = ids.map((id) => JSON.stringify(id)).join(', ');
  if (ids.some(isCaseKeyId))
    return new BatonError(
      failure(
        'CODEC_KEY_MISSING',
        `key ${names} of one case, which lies in the store of keys`,
        'BATON_KEYS_URL',
      ),
    );
  return new BatonError(failure('CODEC_KEY_MISSING', `key ${names}`, 'BATON_CODEC_KEYS'));
}
