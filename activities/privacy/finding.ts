import type { DetectedKind } from '../../contract/personal-data.ts';
import type { Reading } from './reading.ts';

/** Personal data found in a text: UTF-16 offsets into the original, `end` just behind the last unit. */
export interface Finding {
  readonly kind: DetectedKind;
  readonly start: number;
  readonly end: number;
}

/** Finds what its family knows. Pure, in time linear in the length of the text, whatever the text. */
export type Detector = (reading: Reading) => readonly Finding[];

/** A finding over the characters `from` to `to` (exclusive) of a reading, in the original's offsets. */
export function finding(reading: Reading, kind: DetectedKind, from: number, to: number): Finding {
  return { kind, start: reading.starts[from] ?? 0, end: reading.ends[to - 1] ?? 0 };
}
