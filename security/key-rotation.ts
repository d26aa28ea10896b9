import { randomBytes, randomUUID } from 'node:crypto';
import type {
  BoundCaseKey,
  OwnedPersonKey,
  PersonKeys,
  PersonKeyTable,
  WrappedCaseKey,
  WrappedKeys,
} from '../contract/key-ports.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { boundPayloadKey } from './case-data-keys.ts';
import { SECRET_BYTES } from './key-ring.ts';
import { INSTALLATION_SECRET, keysAtRest, personKeysIn, type MasterKeys } from './person-keys.ts';

const PAGE = 200;
/**
 * How long a retired key of a person stays, in milliseconds: a process may just now be keeping a data key that it
 * wrapped with it, or read one that it has at hand.
 */
export const RETIRED_KEPT_MS = 3_600_000;

/** What a rotation of the master key did. */
export interface MasterRotation {
  /** Keys there are, the installation's secret among them. */
  readonly keys: number;
  /** Of those, encrypted anew just now. */
  readonly rewrapped: number;
}

/**
 * Encrypts every person's key with the present master key. Each is replaced in one step, so one that is cut off
 * leaves keys under both, which every process with both opens; the next run does the rest.
 */
export async function rotateMasterKey(table: PersonKeyTable, masters: MasterKeys): Promise<MasterRotation> {
  const rest = keysAtRest(masters);
  let keys = 0;
  let rewrapped = 0;
  for await (const one of everyKey(table)) {
    keys += 1;
    const bound = one.person === undefined ? INSTALLATION_SECRET : one.keyId;
    const { secret, byPresent } = rest.open(one.secret, bound);
    if (byPresent) continue;
    // Replaced by another run, or gone with its person: either way it is not under the old one any more.
    if (await table.replaceSecret(one.keyId, one.secret, rest.seal(secret, bound))) rewrapped += 1;
  }
  if (rewrapped > 0) await table.scrub();
  return { keys, rewrapped };
}

/** What a rotation of persons' keys did. */
export interface PersonRotation {
  /** Persons who have a new key. */
  readonly persons: number;
  /** Data keys of cases that were wrapped anew. */
  readonly rewrapped: number;
  /** Retired keys that were removed, and those that stay until they have been retired for an hour. */
  readonly removed: number;
  readonly kept: number;
}

/** What a rotation of persons' keys needs. */
export interface PersonRotationOptions {
  readonly table: PersonKeyTable;
  readonly masters: MasterKeys;
  /** Data keys of context. */
  readonly context: WrappedKeys;
  /** Whether persons get new keys; else only what earlier runs left is brought to its end. */
  readonly renew: boolean;
  readonly now?: () => Date;
}

/**
 * Gives every person a new key, and wraps the data keys of their cases with it. The key before stays, retired, until
 * nothing is wrapped with it and it has been retired for an hour: what is cut off anywhere loses nothing, for each
 * data key is always wrapped by a key that is there, and the next run goes on.
 */
export async function rotatePersonKeys(options: PersonRotationOptions): Promise<PersonRotation> {
  const { table, masters, context, renew, now = () => new Date() } = options;
  const persons = personKeysIn(table, masters);
  const rest = keysAtRest(masters);
  const holders = [payloadKeys(table), context];
  const done = { persons: 0, rewrapped: 0, removed: 0, kept: 0 };
  // Listed before anything is made, or new keys would be met on the way and rotated again.
  const found: OwnedPersonKey[] = [];
  for await (const one of everyKey(table)) if (one.person !== undefined) found.push(one);
  for (const person of new Set(found.map((one) => one.person ?? ''))) {
    const present = found.find((one) => one.person === person && one.retiredAt === undefined);
    if (renew && present) {
      const keyId = randomUUID();
      const next = { keyId, secret: rest.seal(randomBytes(SECRET_BYTES), keyId) };
      if (await table.retire(present, person, next, now().toISOString())) done.persons += 1;
    }
    done.rewrapped += await rewrapAll(persons, holders, person);
    for (const one of found.filter((key) => key.person === person && key.retiredAt !== undefined)) {
      const old = now().getTime() - Date.parse(one.retiredAt ?? '') >= RETIRED_KEPT_MS;
      if (old && !(await isUsed(holders, person, one.keyId))) {
        await table.drop(one.keyId);
        done.removed += 1;
      } else done.kept += 1;
    }
  }
  if (done.removed > 0) await table.scrub();
  return { ...done, kept: done.kept + done.persons };
}

async function rewrapAll(
  persons: PersonKeys,
  holders: readonly WrappedKeys[],
  person: string,
): Promise<number> {
  let rewrapped = 0;
  for (const holder of holders) {
    for (const one of await holder.ofPerson(person)) {
      const to = await wrappedAnew(persons, person, one);
      if (to !== undefined && (await holder.rewrap(one, to))) rewrapped += 1;
    }
  }
  return rewrapped;
}

/** Undefined where the present key wraps it already, or its person is just being erased. */
async function wrappedAnew(
  persons: PersonKeys,
  person: string,
  { key, bound }: BoundCaseKey,
): Promise<WrappedCaseKey | undefined> {
  const dataKey = await persons.unwrap(key, bound);
  if (dataKey === undefined) return undefined;
  const to = await persons.wrap(person, dataKey, bound);
  return to.keyId === key.keyId ? undefined : to;
}

async function isUsed(holders: readonly WrappedKeys[], person: string, keyId: string): Promise<boolean> {
  for (const holder of holders)
    if ((await holder.ofPerson(person)).some((one) => one.key.keyId === keyId)) return true;
  return false;
}

/** The data keys of payloads as rotations see them. */
function payloadKeys({ caseKeys }: PersonKeyTable): WrappedKeys {
  return {
    ofPerson: async (person) =>
      (await caseKeys.ofPerson(person)).flatMap(({ id, caseId, key }) =>
        key === undefined ? [] : [{ id, key, bound: boundPayloadKey({ id, caseId }) }],
      ),
    rewrap: (one, to) => caseKeys.rewrap(one.id, one.key, to),
  };
}

async function* everyKey(table: PersonKeyTable): AsyncGenerator<OwnedPersonKey, undefined> {
  let after = '';
  for (;;) {
    const page = await table.page(after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return undefined;
    if (last.keyId <= after)
      throw new BatonError(failure('STORE_UNAVAILABLE', 'keys are not read in the order of their ids'));
    after = last.keyId;
  }
}
