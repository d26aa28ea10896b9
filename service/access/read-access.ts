import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BatonError, failure } from '../../contract/failures.ts';

/** Whose file it is, for messages. */
interface AccessFile {
  /** Such as `codec access`. */
  readonly what: string;
  /** The variable that holds or names it. */
  readonly variable: string;
}

/**
 * Reads who may use an endpoint: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value
 */
export function readAccess<Schema extends z.ZodType>(
  schema: Schema,
  value: string,
  file: AccessFile,
): z.output<Schema> {
  const invalid = (detail: string): BatonError =>
    new BatonError(failure('CONFIGURATION_INVALID', `${file.what}: ${detail}`, file.variable));
  let json: unknown;
  try {
    json = JSON.parse(value.trimStart().startsWith('{') ? value : readFileSync(value, 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw invalid('it is not JSON');
    throw invalid(`${value} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5);
  throw invalid(issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

/** SHA-256 of a token in hexadecimal. Tokens are random, so that their digest gives nothing away. */
export function tokenDigestSchema(): z.ZodString {
  return z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
}

/** The holder of a token. Compares in constant time, and everybody's, so that time tells nothing. */
export function holderOfToken<Holder>(
  holders: readonly Holder[],
  sha256Of: (holder: Holder) => string,
  token: string,
): Holder | undefined {
  const digest = createHash('sha256').update(token).digest();
  let found: Holder | undefined;
  for (const holder of holders)
    if (timingSafeEqual(digest, Buffer.from(sha256Of(holder), 'hex'))) found = holder;
  return found;
}
