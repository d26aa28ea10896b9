import type { Failure } from './failures.ts';
import { failure } from './failures.ts';
import { isJsonObject } from './json.ts';

/** The contract's version that this code writes. Semver: a new minor adds optional fields, a new major may not read. */
export const CONTRACT_VERSION = '1.0.0';

/**
 * The version ledger: every version this code can read, and what each added. Older ones are upcast where
 * they are read; any other is refused naming these (H2).
 */
const VERSIONS: Readonly<Record<string, string>> = {
  '1.0.0': 'the first contract',
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
export function refuseVersion(value: unknown, what: string): Failure | undefined {
  const version = isJsonObject(value) ? value['version'] : undefined;
  if (typeof version === 'string' && Object.hasOwn(VERSIONS, version)) return undefined;
  const got = version === undefined ? 'no version' : JSON.stringify(version);
  return failure(
    'VERSION_UNSUPPORTED',
    `${what} has ${got}; supported: ${supportedVersions().join(', ')}`,
    `${what}.version`,
  );
}
