import type { Failure } from './failures.ts';
import { failure } from './failures.ts';
import { getOwn, isJsonObject, type JsonObject } from './json.ts';

/** The contract's version that this code writes. Semver: a new minor adds optional fields, a new major may not read. */
export const CONTRACT_VERSION = '1.0.0';

/** One version of the contract. */
interface ContractVersion {
  /** What it added. */
  readonly added: string;
  /**
   * What a body of the version before it is in this one; the same when absent, as where only optional fields were added.
   * Pure: envelopes are read wherever they arrive, and a case is replayed.
   * @param what name of the shape, such as `envelope` or `turn`
   */
  readonly upcast?: (body: JsonObject, what: string) => JsonObject;
}

/** Versions by name, oldest first. */
export type VersionLedger = Readonly<Record<string, ContractVersion>>;

/**
 * The version ledger: every version this code can read. Older envelopes and turns are upcast where they are read; any
 * other version is refused naming these (H2).
 */
const VERSIONS: VersionLedger = {
  '1.0.0': { added: 'the first contract' },
};

/** Versions that can be read, oldest first. */
export function supportedVersions(): readonly string[] {
  return Object.keys(VERSIONS);
}

/**
 * Refuses a durable shape whose version cannot be read.
 * @param value anything with a `version` field
 * @param what its name as the sender knows it
 * @returns a failure `VERSION_UNSUPPORTED`, or undefined when the version can be read
 */
export function refuseVersion(
  value: unknown,
  what: string,
  versions: VersionLedger = VERSIONS,
): Failure | undefined {
  const version = isJsonObject(value) ? value['version'] : undefined;
  if (typeof version === 'string' && Object.hasOwn(versions, version)) return undefined;
  const got = version === undefined ? 'no version' : JSON.stringify(version);
  return failure(
    'VERSION_UNSUPPORTED',
    `${what} has ${got}; supported: ${Object.keys(versions).join(', ')}`,
    `${what}.version`,
  );
}

/**
 * A body as the newest version has it: it goes through every version after its own, in order (H2).
 * @param value its version must be one that {@link refuseVersion} lets through
 */
export function upcastToNewest(value: unknown, what: string, versions: VersionLedger = VERSIONS): unknown {
  const from = isJsonObject(value) ? value['version'] : undefined;
  if (!isJsonObject(value) || typeof from !== 'string') return value;
  const names = Object.keys(versions);
  const later = names.slice(names.indexOf(from) + 1);
  return later.reduce<JsonObject>(
    (body, version) => ({ ...(getOwn(versions, version)?.upcast?.(body, what) ?? body), version }),
    value,
  );
}
