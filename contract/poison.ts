import type { Failure } from './failures.ts';
import { failure } from './failures.ts';
import { isJsonObject } from './json.ts';
import { cutText } from './text.ts';

/**
 * Stands in for a payload that could not be decoded. Decoding in the workflow never throws: a throwing decoder
 * fails the workflow task again and again, and one bad signal would wedge a case for ever (F17).
 */
export interface Poison {
  readonly batonPoison: {
    readonly encoding: string;
    readonly reason: string;
    /** It is whole, and its key was destroyed on purpose with its person's (M11). */
    readonly erased?: true;
  };
}

/** A marker for an undecodable payload. */
export function poison(encoding: string, reason: string): Poison {
  return { batonPoison: { encoding: cutText(encoding, 100), reason: cutText(reason, 500) } };
}

/** A marker for a payload whose person was erased: nobody can read it any more, and nothing is damaged. */
export function erasedMarker(encoding: string, reason: string): Poison {
  return { batonPoison: { ...poison(encoding, reason).batonPoison, erased: true } };
}

/** Whether a decoded value stands for a payload whose person was erased. */
export function isErased(value: unknown): boolean {
  return isPoison(value) && value.batonPoison.erased === true;
}

/** Whether a decoded value is the marker of an undecodable payload. */
export function isPoison(value: unknown): value is Poison {
  return isJsonObject(value) && isJsonObject(value['batonPoison']);
}

/** The refusal that an undecodable payload gets. */
export function poisonFailure(marker: Poison): Failure {
  const { encoding, reason } = marker.batonPoison;
  if (isErased(marker)) return failure('PERSON_ERASED', reason, 'payload');
  return failure('PAYLOAD_UNDECODABLE', `encoding ${JSON.stringify(encoding)}: ${reason}`, 'payload');
}
