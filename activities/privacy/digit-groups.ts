import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

/** A run of digits in a reading. */
export interface DigitGroup {
  readonly from: number;
  /** Just behind the last digit. */
  readonly to: number;
  /** What stands between it and the group before, where that may be inside one number; undefined starts anew. */
  readonly joined: string | undefined;
}

/** Consecutive groups that may be one number. */
export interface DigitWindow {
  readonly from: number;
  readonly to: number;
  readonly digits: string;
  /** Lengths of the groups, such as 4, 4, 4, 4. */
  readonly shape: readonly number[];
  /** What joins them, each as it stands. */
  readonly joints: readonly string[];
  /** Places of the first and last group in the list. */
  readonly first: number;
  readonly last: number;
}

const JOINT = /^(?: {1,3}|[.:-]| [.-] ?|[.-] |\) ?-?|-?\(| \(|\) \(|\n|\/)$/;

/** Every run of digits, with how it is joined to the one before it. Linear: a joint has four characters at most. */
export function digitGroups(reading: Reading): readonly DigitGroup[] {
  const groups: DigitGroup[] = [];
  let before = -1;
  for (const match of reading.text.matchAll(/\d+/g)) {
    const from = match.index;
    const between = before < 0 || from - before > 4 ? undefined : reading.text.slice(before, from);
    // Hidden characters alone may split a number too: then nothing at all stands between.
    const joined = between !== undefined && JOINT.test(between) ? between : undefined;
    groups.push({ from, to: from + match[0].length, joined });
    before = from + match[0].length;
  }
  return groups;
}

/**
 * All ways to read consecutive groups as one number of `least` to `most` digits, the longest from each group
 * first. Bounded per group, so linear in all.
 * @param joint which joints may stand inside this family's numbers
 */
export function* digitWindows(
  reading: Reading,
  groups: readonly DigitGroup[],
  least: number,
  most: number,
  joint: (between: string) => boolean,
): Generator<DigitWindow> {
  for (let first = 0; first < groups.length; first += 1) {
    const windows: DigitWindow[] = [];
    let digits = '';
    const shape: number[] = [];
    const joints: string[] = [];
    for (let last = first; last < groups.length; last += 1) {
      const group = groups[last];
      if (!group) break;
      if (last > first) {
        if (group.joined === undefined || !joint(group.joined)) break;
        joints.push(group.joined);
      }
      const length = group.to - group.from;
      if (digits.length + length > most) break;
      digits += reading.text.slice(group.from, group.to);
      shape.push(length);
      if (digits.length >= least) {
        const from = groups[first]?.from ?? group.from;
        windows.push({ from, to: group.to, digits, shape: [...shape], joints: [...joints], first, last });
      }
    }
    yield* windows.reverse();
  }
}

/** Whether the window's groups have one of these shapes, such as `4-4-4-4`. */
export function hasShape(window: DigitWindow, shapes: readonly string[]): boolean {
  return shapes.includes(window.shape.join('-'));
}

/** Whether the groups are told apart in one and the same way all through. */
export function isEven(window: DigitWindow): boolean {
  return new Set(window.joints.map((joint) => joint.trim())).size <= 1;
}

/**
 * Whether a number stands by itself: not a part of a word, a decimal fraction, a price, a version, a code such as
 * `INV-2024-000123`, a UUID or a path.
 */
export function standsAlone(reading: Reading, from: number, to: number): boolean {
  const bracketed = reading.text.charAt(from) === '(';
  return (
    (bracketed || beginsWord(reading, from)) &&
    endsWord(reading, to) &&
    opensFreely(reading, from) &&
    closesFreely(reading, to)
  );
}

/** Whether a word and a hyphen stand directly before: the front of a code (`PROD-9876543210`) unless it is a label. */
export function isGlued(reading: Reading, from: number): boolean {
  return /[\p{L}\p{M}]-$/u.test(reading.text.slice(Math.max(0, from - 4), from));
}

function opensFreely(reading: Reading, from: number): boolean {
  if (/\p{Sc} ?$/u.test(reading.text.slice(Math.max(0, from - 2), from))) return false;
  const before = reading.text.charAt(from - 1);
  if (before === '*' || before === '#' || before === '@') return false;
  if (!/[-.,/:_+'\\]/.test(before)) return true;
  const earlier = reading.text.slice(Math.max(0, from - 40), from - 1);
  // A word of letters and a dash is a label (`Card-4111...`); a word with digits in it is the front of a code.
  if (before === '-' || before === ':' || before === '.') {
    if (/\d$/.test(earlier)) return false;
    const word = /[\p{L}\p{M}\p{N}_-]*$/u.exec(earlier)?.[0] ?? '';
    return !/[\d_]/.test(word);
  }
  if (before === '+') return true;
  if (before === ',' || before === "'") return !/\d$/.test(earlier);
  if (before === '/') return /\d{7}$|wa\.me$/.test(earlier);
  return false;
}

function closesFreely(reading: Reading, to: number): boolean {
  const after = reading.text.slice(to, to + 2);
  if (/^[-.,/:'][\p{L}\p{N}]/u.test(after)) {
    // A Tamil or Telugu ending is joined by a hyphen; another number may follow a slash or a comma.
    return (
      /^-\p{Lo}/u.test(after) || (/^[/,]\d/.test(after) && /^.\d{7}/.test(reading.text.slice(to, to + 8)))
    );
  }
  return !/^[%@*\\]|^\p{Sc}/u.test(after);
}
