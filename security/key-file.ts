import { z } from 'zod';
import type { BatonError } from '../contract/failures.ts';

/** How a file of keys refuses what it cannot read. Neither may quote the text, for it holds secrets. */
export interface KeyFileRefusals {
  readonly notJson: () => BatonError;
  readonly invalid: (issues: string) => BatonError;
}

/** Reads a file of keys as data; a parser's own message would quote the text, so it is never passed on. */
export function parseKeyFile<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  refusals: KeyFileRefusals,
): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusals.notJson();
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw refusals.invalid(issues.join('; '));
}

/** Adds the issue of two keys with one id: whoever looks a key up must find one. */
export function refuseRepeatedIds(
  keys: readonly { readonly id: string }[],
  context: z.core.$RefinementCtx,
): void {
  const ids = keys.map((key) => key.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    context.addIssue({ code: 'custom', path: ['keys'], message: `two keys have the id ${twice}` });
}

const RAW_KEY = z.string().regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url');

/** An Ed25519 key as it is written, without what it may speak for. */
export const writtenKey = z.object({
  id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'up to 64 letters, digits, dots, dashes and underscores'),
  /** `active` keys sign; `retired` ones verify what they signed in their time; `revoked` ones nothing. */
  status: z.enum(['active', 'retired', 'revoked']),
  /** The 32 bytes of the public key in base64url. */
  publicKey: RAW_KEY,
  /** The private key's 32 bytes, in the file of whoever signs with it and nowhere else. */
  privateKey: RAW_KEY.optional(),
  notBefore: z.iso.datetime().optional(),
  retiredAt: z.iso.datetime().optional(),
});

/** Keys of which their holder signs with one, or with none where it only verifies. */
export interface KeyFile<Key> {
  version: '1.0.0';
  /** Id of the key this process signs with; absent where it only verifies. */
  signWith?: string | undefined;
  keys: Key[];
}

/** The file that such keys are written in. */
export function keyFileOf<Key extends z.ZodType<z.output<typeof writtenKey>>>(
  key: Key,
): z.ZodType<KeyFile<z.output<Key>>> {
  return z
    .object({
      version: z.literal('1.0.0'),
      signWith: z.string().optional(),
      keys: z.array(key).min(1).max(1_000),
    })
    .superRefine(({ keys, signWith }, context) => {
      refuseRepeatedIds(keys, context);
      if (signWith === undefined) return;
      const own = keys.find((one) => one.id === signWith);
      if (own?.status !== 'active' || own.privateKey === undefined)
        context.addIssue({
          code: 'custom',
          path: ['signWith'],
          message: 'it must be the id of an active key with its privateKey',
        });
    });
}
