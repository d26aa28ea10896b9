import { readFileSync } from 'node:fs';
import type { PayloadCodec } from '@temporalio/common';
import { BatonError, failure } from '../contract/failures.ts';
import { parseKeyRing, requireActiveKeys, type KeyRing } from './key-ring.ts';
import { createEncryptionCodec, type EncryptionOptions } from './payload-codec.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that turns encryption on: the key ring as JSON, or the path of a file with it. */
export const CODEC_KEYS = 'BATON_CODEC_KEYS';

/**
 * The codec that the environment configures; undefined where it configures none, and then nothing is encrypted.
 * @throws BatonError `CONFIGURATION_INVALID`, and `CODEC_KEY_MISSING` where an active key is not at hand
 */
export function codecOfEnvironment(
  environment: Environment,
  options: Pick<EncryptionOptions, 'onAlarm'> = {},
): PayloadCodec | undefined {
  const ring = keyRingOfEnvironment(environment);
  if (!ring) return undefined;
  requireActiveKeys(ring);
  return createEncryptionCodec({ keys: ring, ...options });
}

/** The key ring that the environment configures. @throws BatonError `CONFIGURATION_INVALID` */
export function keyRingOfEnvironment(environment: Environment): KeyRing | undefined {
  const value = environment[CODEC_KEYS];
  if (value === undefined || value === '') return undefined;
  return parseKeyRing(value.trimStart().startsWith('{') ? value : readKeyRing(value));
}

/** Reads the text of a key ring. @throws BatonError `CONFIGURATION_INVALID` naming the file */
export function readKeyRing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const detail = `${file} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, CODEC_KEYS), { cause: thrown });
  }
}
