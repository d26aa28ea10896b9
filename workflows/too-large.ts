import { failure } from '../contract/failures.ts';
import { PAYLOAD_BYTES } from '../contract/limits.ts';
import { jsonBytes } from '../contract/parse.ts';
import type { Trouble } from './events.ts';

/** Why an input is not sent (X11): it would terminate the workflow; a dead letter is something a person can mend. */
export function tooLarge(input: unknown): Trouble | undefined {
  const bytes = jsonBytes(input);
  if (bytes <= PAYLOAD_BYTES) return undefined;
  const detail = `the activity's input has ${String(bytes)} bytes, the limit is ${String(PAYLOAD_BYTES)}`;
  return { failure: failure('INPUT_TOO_LARGE', detail) };
}
