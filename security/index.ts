/** Public entry point `baton/security`: encryption of payloads. */
export { codecOfEnvironment } from './codec-of-environment.ts';
export type { DataKey, DataKeys, FoundKey } from './data-keys.ts';
export { parseKeyRing, requireActiveKeys, type KeyRing, type KeyRingFile } from './key-ring.ts';
export { createEncryptionCodec, type EncryptionOptions } from './payload-codec.ts';
