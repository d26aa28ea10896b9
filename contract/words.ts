import { z } from 'zod';
import { anyJsonSchema } from './any-json.ts';
import { ID_CHARACTERS, MESSAGE_BYTES, NAME_CHARACTERS, REASON_CHARACTERS } from './limits.ts';
import { isWithinBytes } from './json-bytes.ts';
import { supportedVersions } from './versions.ts';

/**
 * Schemas of the small words that many shapes share. Behind functions, because the workflow sandbox shares this
 * module among all cached workflows and freezes whatever its exports reach: closures are not followed, and a frozen
 * schema would break.
 */
const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens, starting with a letter')
  .max(NAME_CHARACTERS);
const Id = z
  .string()
  .min(1)
  .max(ID_CHARACTERS)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'no control characters');
const Reason = z.string().max(REASON_CHARACTERS);
const Text = z
  .string()
  .min(1)
  .refine((text) => isWithinBytes(text, MESSAGE_BYTES), {
    message: `at most ${String(MESSAGE_BYTES)} bytes`,
  });
const Digest = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
const Instant = z.iso.datetime({ offset: true });
const Version = z.string().refine((version) => supportedVersions().includes(version), {
  message: `unsupported version; supported: ${supportedVersions().join(', ')}`,
});
const Semver = z.string().regex(/^\d+\.\d+\.\d+$/, 'a version such as 1.4.0');
const Facts = z.record(z.string(), anyJsonSchema());

/** Name of an agent, pool, tool or team: it becomes part of queues and search attributes. */
export function nameSchema(): typeof Name {
  return Name;
}
/** An id given from outside: of a case, a message, a person. */
export function idSchema(): typeof Id {
  return Id;
}
/** Free text that explains: capped, never interpreted. */
export function reasonSchema(): typeof Reason {
  return Reason;
}
/** Text of one message. */
export function textSchema(): typeof Text {
  return Text;
}
/** SHA-256 in hexadecimal. */
export function digestSchema(): typeof Digest {
  return Digest;
}
/** An instant, ISO 8601 with offset. */
export function instantSchema(): typeof Instant {
  return Instant;
}
/** A contract version that this code reads. */
export function versionSchema(): typeof Version {
  return Version;
}
/** A version of an agent. */
export function semverSchema(): typeof Semver {
  return Semver;
}
/** Facts by name: JSON values. */
export function factsSchema(): typeof Facts {
  return Facts;
}
