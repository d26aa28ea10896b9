import { failure } from '../contract/failures.ts';
import { PAYLOAD_BYTES } from '../contract/limits.ts';
import { isWithinBytes, jsonBytes } from '../contract/json-bytes.ts';
import type { Trouble } from './events.ts';

/** Why an input is not sent (X11): it would terminate the workflow; a dead letter is something a person can mend. */
export function tooLarge(input: unknown): Trouble | undefined {
  if (isWithinBytes(input, PAYLOAD_BYTES)) return undefined;
  const detail = `the activity's input has ${String(jsonBytes(input))} bytes, the limit is ${String(PAYLOAD_BYTES)}`;
  return { failure: failure('INPUT_TOO_LARGE', detail) };
}
