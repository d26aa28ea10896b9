import type { Failure } from './failures.ts';
import { failure } from './failures.ts';
import { isJsonObject } from './json.ts';
import { cutText } from './text.ts';

/**
 * Stands in for a payload that could not be decoded. Decoding in the workflow never throws: a throwing decoder
 * fails the workflow task again and again, and one bad signal would wedge a case for ever (F17).
 */
export interface Poison {
  readonly batonPoison: { readonly encoding: string; readonly reason: string };
}

/** A marker for an undecodable payload. */
export function poison(encoding: string, reason: string): Poison {
  return { batonPoison: { encoding: cutText(encoding, 100), reason: cutText(reason, 500) } };
}

/** Whether a decoded value is the marker of an undecodable payload. */
export function isPoison(value: unknown): value is Poison {
  return isJsonObject(value) && isJsonObject(value['batonPoison']);
}

/** The refusal that an undecodable payload gets. */
export function poisonFailure(marker: Poison): Failure {
  const { encoding, reason } = marker.batonPoison;
  return failure('PAYLOAD_UNDECODABLE', `encoding ${JSON.stringify(encoding)}: ${reason}`, 'payload');
}
