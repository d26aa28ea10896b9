import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import { PROOF_LIFETIME_MS } from '../contract/limits.ts';
import { provedText, type DecisionSigner, type DoorKey, type DoorKeys } from '../contract/proof.ts';
import { isTenantName } from '../contract/tenant.ts';
import { keyFileOf, parseKeyFile, writtenKey } from './key-file.ts';

const Key = writtenKey.extend({
  /** The only tenants whose people the door speaks for; all when absent. */
  tenants: z
    .array(z.string().refine(isTenantName, 'lower-case letters, digits and hyphens'))
    .min(1)
    .max(1_000)
    .optional(),
});
/** A door's key as it is written. */
export type WrittenDoorKey = z.output<typeof Key>;

const File = keyFileOf(Key);
/** Keys of doors as they are written: what `BATON_DOOR_KEYS` holds or names. */
export type DoorKeysFile = z.output<typeof File>;

/** Reads keys of doors as data. @throws BatonError `CONFIGURATION_INVALID`, never quoting a key */
export function parseDoorKeysFile(text: string): DoorKeysFile {
  return parseKeyFile(File, text, { notJson: () => invalid('it is not JSON'), invalid });
}

function invalid(detail: string): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', `door keys: ${detail}`, 'BATON_DOOR_KEYS'));
}

/**
 * Keys of doors for workers, which tell them to cases.
 * @param read gives the text of the file as it is now
 */
export function doorKeysIn(read: () => string): DoorKeys {
  return { current: () => parseDoorKeysFile(read()).keys.map(toldToCases) };
}

function toldToCases({ id, status, publicKey, tenants, notBefore, retiredAt }: WrittenDoorKey): DoorKey {
  return {
    id,
    status,
    publicKey: Buffer.from(publicKey, 'base64url').toString('hex'),
    ...(tenants ? { tenants } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(retiredAt === undefined ? {} : { retiredAt }),
  };
}

/**
 * Signs decisions of people whom a door has let in, for five minutes each: Ed25519 over the canonical body.
 * @param read gives the text of the file as it is now, so that a rotation needs no restart
 * @param now the clock, in milliseconds
 */
export function createDecisionSigner(read: () => string, now: () => number = Date.now): DecisionSigner {
  let known: { readonly text: string; readonly id: string; readonly key: KeyObject } | undefined;
  const own = (): { readonly id: string; readonly key: KeyObject } => {
    const text = read();
    if (known?.text !== text) known = { text, ...signingKeyOf(parseDoorKeysFile(text)) };
    return known;
  };
  return {
    sign: ({ caseId, decision, roles, tenant }) => {
      const { id, key } = own();
      const expires = new Date(now() + PROOF_LIFETIME_MS).toISOString();
      const word = { key: id, roles: [...roles], tenant, expires };
      const text = provedText({ ...word, caseId, decision });
      return { ...word, signature: sign(null, Buffer.from(text, 'utf8'), key).toString('hex') };
    },
  };
}

function signingKeyOf(file: DoorKeysFile): { readonly id: string; readonly key: KeyObject } {
  const own = file.keys.find((key) => key.id === file.signWith);
  if (own?.privateKey === undefined)
    throw new BatonError(
      failure('DOOR_KEY_MISSING', 'BATON_DOOR_KEYS names no key to sign with (signWith)', 'BATON_DOOR_KEYS'),
    );
  return { id: own.id, key: privateKeyOf(own.id, own.publicKey, own.privateKey) };
}

function privateKeyOf(id: string, publicKey: string, privateKey: string): KeyObject {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey, d: privateKey };
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    // The two halves are given apart: a slip would sign what no case believes.
    if (createPublicKey(key).export({ format: 'jwk' }).x !== publicKey) throw new Error('another public key');
    return key;
  } catch {
    throw invalid(`key ${id} is no Ed25519 key, or its halves do not belong together`);
  }
}
