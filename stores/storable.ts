import { BatonError, failure } from '../contract/failures.ts';

/** Neither database keeps a NUL or half a surrogate pair in a text; inside JSON both are escaped and survive. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/**
 * Checks a word that becomes part of a primary key.
 * @throws a failure `INPUT_INVALID` naming the field
 */
export function requireStorableName(field: string, name: string): void {
  if (!UNSTORABLE.test(name)) return;
  throw new BatonError(failure('INPUT_INVALID', `${JSON.stringify(name)} cannot be stored as a name`, field));
}

/**
 * The text a value is kept as.
 * @throws a failure `INPUT_INVALID` for what JSON cannot say at the top level, such as undefined
 */
export function storableText(field: string, value: unknown): string {
  const text: unknown = JSON.stringify(value);
  if (typeof text === 'string') return text;
  throw new BatonError(failure('INPUT_INVALID', `a ${typeof value} is not a JSON value`, field));
}
