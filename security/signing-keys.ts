import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import { isJsonObject } from '../contract/json.ts';
import {
  sealedText,
  type EnvelopeSeals,
  type SealBody,
  type SealCheck,
  type SealedBy,
} from '../contract/seal.ts';
import { keyFileOf, parseKeyFile, writtenKey } from './key-file.ts';

/** How far clocks of workers may be apart, in seconds. */
const SKEW_SECONDS = 300;

const Key = writtenKey.extend({
  /** Agents that it may speak for, and `case` for what the workflow or a person originates; anybody when absent. */
  speaksFor: z.array(z.string().max(200)).max(1_000).optional(),
});
/** A signing key as it is written. */
export type SigningKey = z.output<typeof Key>;

const File = keyFileOf(Key);
/** A registry of signing keys as it is written: what `BATON_SIGNING_KEYS` holds or names. */
export type SigningKeysFile = z.output<typeof File>;

/** Reads a registry of signing keys as data. @throws BatonError `CONFIGURATION_INVALID`, never quoting a key */
export function parseSigningKeysFile(text: string): SigningKeysFile {
  return parseKeyFile(File, text, { notJson: () => invalid('it is not JSON'), invalid });
}

function invalid(detail: string): BatonError {
  return new BatonError(failure('CONFIGURATION_INVALID', `signing keys: ${detail}`, 'BATON_SIGNING_KEYS'));
}

/**
 * Seals by Ed25519 over the canonical body, written as a JWS with detached content (RFC 7515, appendix F), so that
 * any JOSE library can check one.
 * @param text the registry; see {@link SigningKeysFile}
 * @param now the clock, in milliseconds
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function createEnvelopeSeals(text: string, now: () => number = Date.now): EnvelopeSeals {
  const file = parseSigningKeysFile(text);
  const keys = new Map(file.keys.map((key) => [key.id, { ...key, verifies: publicKeyOf(key) }]));
  const own = file.keys.find((key) => key.id === file.signWith);
  const signer = own && privateKeyOf(own);
  return {
    sign: (body, by) => {
      if (!own || !signer) throw keyMissing('BATON_SIGNING_KEYS names no key to sign with (signWith)');
      if (!maySpeak(own, body, by))
        throw keyMissing(`key ${own.id} may not speak for ${speakerOf(body, by)}`);
      const header = { alg: 'EdDSA', kid: own.id, by, iat: Math.floor(now() / 1_000) };
      const protectedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
      const signature = sign(null, signingInput(protectedHeader, body), signer);
      return `${protectedHeader}..${signature.toString('base64url')}`;
    },
    check: (body, signature) => {
      const [protectedHeader = '', content, signed = '', ...more] = signature.split('.');
      if (content !== '' || more.length > 0) return refused('it is no detached JWS');
      const header = readHeader(protectedHeader);
      if (!header) return refused('its header is not that of a seal');
      const key = keys.get(header.kid);
      if (!key) return refused(`no key ${JSON.stringify(header.kid)} is registered`);
      const problem = whyNotTrusted(key, header, body, now());
      if (problem !== undefined) return refused(problem);
      // Strictly: base64 that decodes to the same bytes in two ways would be two signatures of one body.
      const bytes = Buffer.from(signed, 'base64url');
      const sound =
        bytes.toString('base64url') === signed &&
        verify(null, signingInput(protectedHeader, body), key.verifies, bytes);
      return sound
        ? { ok: true, by: header.by }
        : refused(`it is not the signature of key ${key.id} over this body`);
    },
  };
}

/** What a seal says of itself; all of it is signed. */
interface SealHeader {
  readonly kid: string;
  readonly by: SealedBy;
  /** When it was made, in seconds. */
  readonly iat: number;
}

function readHeader(text: string): SealHeader | undefined {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isJsonObject(header)) return undefined;
  const { alg, kid, by, iat } = header;
  if (alg !== 'EdDSA' || typeof kid !== 'string' || typeof iat !== 'number') return undefined;
  return by === 'source' || by === 'case' ? { kid, by, iat } : undefined;
}

function whyNotTrusted(key: SigningKey, header: SealHeader, body: SealBody, now: number): string | undefined {
  if (key.status === 'revoked') return `key ${key.id} is revoked`;
  if (!maySpeak(key, body, header.by)) return `key ${key.id} may not speak for ${speakerOf(body, header.by)}`;
  const signedAt = header.iat * 1_000;
  const skew = SKEW_SECONDS * 1_000;
  if (signedAt > now + skew) return 'it was made in the future';
  if (key.notBefore !== undefined && signedAt < Date.parse(key.notBefore) - skew)
    return `key ${key.id} did not count yet`;
  // A retired key vouches for what it signed in its time, for as long as a case needs it.
  if (key.retiredAt !== undefined && signedAt > Date.parse(key.retiredAt) + skew)
    return `key ${key.id} was retired before`;
  return undefined;
}

function maySpeak(key: SigningKey, body: SealBody, by: SealedBy): boolean {
  return key.speaksFor === undefined || key.speaksFor.includes(speakerOf(body, by));
}

function speakerOf(body: SealBody, by: SealedBy): string {
  return by === 'case' ? 'case' : body.edge.from;
}

function refused(reason: string): SealCheck {
  return { ok: false, reason };
}

function keyMissing(detail: string): BatonError {
  return new BatonError(failure('SIGNING_KEY_MISSING', detail, 'BATON_SIGNING_KEYS'));
}

function signingInput(protectedHeader: string, body: SealBody): Buffer {
  return Buffer.from(`${protectedHeader}.${Buffer.from(sealedText(body), 'utf8').toString('base64url')}`);
}

function publicKeyOf({ publicKey, id }: SigningKey): KeyObject {
  return importKey(id, () =>
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' }),
  );
}

function privateKeyOf({ publicKey, privateKey = '', id }: SigningKey): KeyObject {
  return importKey(id, () => {
    const key = createPrivateKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey, d: privateKey },
      format: 'jwk',
    });
    // The two halves are given apart: a slip would seal what nobody can check.
    if (createPublicKey(key).export({ format: 'jwk' }).x !== publicKey) throw new Error('another public key');
    return key;
  });
}

function importKey(id: string, read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw invalid(`key ${id} is no Ed25519 key, or its halves do not belong together`);
  }
}
