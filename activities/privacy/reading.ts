/**
 * A text as detectors read it: digits of every script are ASCII digits, full-width letters are ASCII letters, all
 * spaces are one kind of space and all dashes one kind of dash, and characters of no width are gone. Every
 * character knows where it stood, so that spans are reported in the original's UTF-16 offsets.
 */
export interface Reading {
  readonly text: string;
  /** As `text`, ASCII letters in lower case: same length, same offsets. For labels and words. */
  readonly lower: string;
  /** Offset in the original at which the character at this index of `text` begins. */
  readonly starts: Int32Array;
  /** Offset in the original just behind it. */
  readonly ends: Int32Array;
}

/** The zero of every decimal digit set of Unicode outside ASCII; nine further digits follow each. */
const ZEROS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
  0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
  0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x11066, 0x110f0,
  0x11136, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1fbf0,
];
const DIGITS = new Map(
  ZEROS.flatMap((zero) => Array.from('0123456789').map((digit, index) => [zero + index, digit])),
);

const NO_WIDTH =
  /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]/;
const SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]/;
const DASH = /[\u2010-\u2015\u2212\u2043\ufe58\ufe63]/;
const PLAIN = /^[\x00-\x08\x0a-\x7f]*$/;

/** Reads a text for detectors. Linear in its length. */
export function read(original: string): Reading {
  const starts = new Int32Array(original.length);
  const ends = new Int32Array(original.length);
  if (PLAIN.test(original)) {
    for (let index = 0; index < original.length; index += 1) {
      starts[index] = index;
      ends[index] = index + 1;
    }
    return { text: original, lower: lowered(original), starts, ends };
  }
  const parts: string[] = [];
  let length = 0;
  let at = 0;
  for (const character of original) {
    const folded = fold(character);
    for (let unit = 0; unit < folded.length; unit += 1) {
      // A pair that stays a pair keeps one offset per unit; a pair that folds to one character spans both.
      starts[length] = at + unit;
      ends[length] = folded.length === 1 ? at + character.length : at + unit + 1;
      length += 1;
    }
    parts.push(folded);
    at += character.length;
  }
  const text = parts.join('');
  return { text, lower: lowered(text), starts: starts.subarray(0, length), ends: ends.subarray(0, length) };
}

function fold(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return code === 9 ? ' ' : character;
  const digit = DIGITS.get(code);
  if (digit !== undefined) return digit;
  if (NO_WIDTH.test(character)) return '';
  if (SPACE.test(character)) return ' ';
  if (DASH.test(character)) return '-';
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return character;
}

function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** Whether nothing that reads as one word with it stands directly before an index. */
export function beginsWord(reading: Reading, index: number): boolean {
  return index === 0 || hasGap(reading, index) || !WORD.test(characterBefore(reading.text, index));
}

/** Whether nothing that reads as one word with it stands directly at an index, the one behind a candidate. */
export function endsWord(reading: Reading, index: number): boolean {
  return (
    index >= reading.text.length ||
    hasGap(reading, index) ||
    !WORD.test(String.fromCodePoint(reading.text.codePointAt(index) ?? 0))
  );
}

/** Whether something of no width stood before the character at an index: a way to hide where a number begins. */
function hasGap(reading: Reading, index: number): boolean {
  return index > 0 && reading.starts[index] !== reading.ends[index - 1];
}

function characterBefore(text: string, index: number): string {
  const low = text.charCodeAt(index - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(index - 2, index) : text.charAt(index - 1);
}
