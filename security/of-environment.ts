import { readFileSync } from 'node:fs';
import type { PayloadCodec } from '@temporalio/common';
import { BatonError, failure } from '../contract/failures.ts';
import type { LedgerStore } from '../contract/ports.ts';
import type { EnvelopeSeals } from '../contract/seal.ts';
import type { DecisionSigner, DoorKeys } from '../contract/proof.ts';
import type { CaseKeys, PersonKeyTable } from '../contract/key-ports.ts';
import { caseDataKeys, type CaseDataKeysOptions } from './case-data-keys.ts';
import { createDecisionSigner, doorKeysIn, parseDoorKeysFile } from './door-keys.ts';
import { parseKeyRing, requireActiveKeys, type KeyRing } from './key-ring.ts';
import { createEncryptionCodec, type EncryptionOptions } from './payload-codec.ts';
import { masterKeysOf, personKeysIn } from './person-keys.ts';
import { sealedLedger } from './sealed-ledger.ts';
import { createEnvelopeSeals } from './signing-keys.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that turns encryption on: the key ring as JSON, or the path of a file with it. */
const CODEC_KEYS = 'BATON_CODEC_KEYS';
/** The variable with the registry of signing keys, as JSON or the path of a file with it. */
const SIGNING_KEYS = 'BATON_SIGNING_KEYS';
/** The variable with the keys of doors, as JSON or the path of a file with it. */
const DOOR_KEYS = 'BATON_DOOR_KEYS';

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

/** What encrypts payloads where cases have keys of their own. */
export interface Payloads {
  /** For workers and clients alike. */
  readonly codec: PayloadCodec;
  /** For clients: who opens a case gives it its key, and who erases a person asks which cases are theirs. */
  readonly caseKeys: CaseKeys;
  /** A ledger that keeps what rows say under the keys of their cases; wherever rows are written or read. */
  readonly sealed: (ledger: LedgerStore) => LedgerStore;
  close(): Promise<void>;
}

/** How payloads are encrypted in a process. */
export interface PayloadsOptions
  extends Pick<EncryptionOptions, 'onAlarm'>, Pick<CaseDataKeysOptions, 'onlyOpenCases'> {
  /** Opens the store of keys, `openPersonKeyTable` of the stores; not asked where nothing is encrypted. */
  readonly openKeys: () => Promise<PersonKeyTable>;
}

/**
 * The codec that the environment configures, with a key for each case of a known person, so that the person can be
 * erased (M11); undefined where it configures none.
 * @throws BatonError `CONFIGURATION_INVALID`, `CODEC_KEY_MISSING`, and what opening the store of keys throws
 */
export async function payloadsOfEnvironment(
  environment: Environment,
  { openKeys, onAlarm, onlyOpenCases }: PayloadsOptions,
): Promise<Payloads | undefined> {
  const ring = keyRingOfEnvironment(environment);
  if (!ring) return undefined;
  requireActiveKeys(ring);
  const master = masterKeysOf(environment);
  const table = await openKeys();
  const persons = personKeysIn(table, master);
  const keys = caseDataKeys({
    ring,
    persons,
    table: table.caseKeys,
    ...(onlyOpenCases === undefined ? {} : { onlyOpenCases }),
  });
  const codec = createEncryptionCodec({ keys, ...(onAlarm ? { onAlarm } : {}) });
  return {
    codec,
    caseKeys: keys,
    sealed: (ledger) => sealedLedger(ledger, keys, (text) => persons.digestOf(text)),
    close: () => persons.close(),
  };
}

/** The key ring that the environment configures. @throws BatonError `CONFIGURATION_INVALID` */
export function keyRingOfEnvironment(environment: Environment): KeyRing | undefined {
  const text = textOfVariable(environment, CODEC_KEYS);
  return text === undefined ? undefined : parseKeyRing(text);
}

/** The seals that the environment configures. @throws BatonError `CONFIGURATION_INVALID` */
export function sealsOfEnvironment(environment: Environment): EnvelopeSeals | undefined {
  const text = textOfVariable(environment, SIGNING_KEYS);
  return text === undefined ? undefined : createEnvelopeSeals(text);
}

/**
 * The keys of doors that the environment configures, for workers. A file is read anew each time.
 * @throws BatonError `CONFIGURATION_INVALID` for a file that is none now
 */
export function doorKeysOfEnvironment(environment: Environment): DoorKeys | undefined {
  const read = readerOf(environment, DOOR_KEYS);
  if (!read) return undefined;
  const keys = doorKeysIn(read);
  keys.current();
  return keys;
}

/**
 * What signs decisions at a door of this process; undefined where the environment has no key to sign with.
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function decisionSignerOfEnvironment(environment: Environment): DecisionSigner | undefined {
  const read = readerOf(environment, DOOR_KEYS);
  return read && parseDoorKeysFile(read()).signWith !== undefined ? createDecisionSigner(read) : undefined;
}

function readerOf(environment: Environment, variable: string): (() => string) | undefined {
  if (textOfVariable(environment, variable) === undefined) return undefined;
  return () => textOfVariable(environment, variable) ?? '';
}

/** The JSON that a variable holds or names. @throws BatonError `CONFIGURATION_INVALID` naming the file */
function textOfVariable(environment: Environment, variable: string): string | undefined {
  const value = environment[variable];
  if (value === undefined || value === '') return undefined;
  if (value.trimStart().startsWith('{')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch (thrown) {
    const detail = `${value} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, variable), { cause: thrown });
  }
}
