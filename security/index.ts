/** Public entry point `baton/security`: encryption of payloads and of context, keys of persons, seals of handoffs, proofs of decisions. */
export { caseCipher, cipherOfEnvironment } from './case-keys.ts';
export { caseDataKeys, type CaseDataKeysOptions } from './case-data-keys.ts';
export { createDecisionSigner, doorKeysIn, type DoorKeysFile } from './door-keys.ts';
export {
  codecOfEnvironment,
  decisionSignerOfEnvironment,
  doorKeysOfEnvironment,
  payloadsOfEnvironment,
  sealsOfEnvironment,
  type Payloads,
  type PayloadsOptions,
} from './of-environment.ts';
export type { DataKey, DataKeys, FoundKey } from './data-keys.ts';
export { parseKeyRing, requireActiveKeys, type KeyRing, type KeyRingFile } from './key-ring.ts';
export { createEncryptionCodec, type EncryptionOptions } from './payload-codec.ts';
export { personKeysIn } from './person-keys.ts';
export type { DecisionSigner, DoorKey, DoorKeys, Signed } from '../contract/proof.ts';
export { createEnvelopeSeals, type SigningKeysFile } from './signing-keys.ts';
