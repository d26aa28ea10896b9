import type { z } from 'zod';
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

/** A file of keys of which its holder signs with one, or with none where it only verifies. */
interface SigningFile {
  readonly signWith?: string | undefined;
  readonly keys: readonly {
    readonly id: string;
    readonly status: string;
    readonly privateKey?: string | undefined;
  }[];
}

/** Adds the issues of keys that repeat an id, and of an own key that cannot sign. */
export function refuseUnfitToSign({ keys, signWith }: SigningFile, context: z.core.$RefinementCtx): void {
  refuseRepeatedIds(keys, context);
  if (signWith === undefined) return;
  const own = keys.find((key) => key.id === signWith);
  if (own?.status !== 'active' || own.privateKey === undefined)
    context.addIssue({
      code: 'custom',
      path: ['signWith'],
      message: 'it must be the id of an active key with its privateKey',
    });
}
