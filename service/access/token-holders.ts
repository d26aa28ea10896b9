import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

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
