const BEYOND_ASCII = /[^\u0000-\u007F]/;

/** UTF-8 bytes of a value as JSON; infinite for what JSON cannot say. Text outside ASCII counts by code point. */
export function jsonBytes(value: unknown): number {
  // Its type leaves out that it answers undefined for what JSON has no word for.
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  if (typeof text !== 'string') return 0;
  let bytes = text.length;
  // Most text is ASCII, and the engine finds that out faster than a loop does.
  if (!BEYOND_ASCII.test(text)) return bytes;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // A surrogate pair is 4 bytes and 2 units; other units above 0x7FF are 3 bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/**
 * Whether a value has at most so many bytes as JSON. Nearly all have far fewer: their characters are counted, and only
 * what could be too large is written out. What JSON cannot say is within no limit.
 */
export function isWithinBytes(value: unknown, bytes: number): boolean {
  try {
    if (mostBytes(value, DEPTH) <= bytes) return true;
  } catch {
    // A getter that throws: JSON cannot say it.
    return false;
  }
  return jsonBytes(value) <= bytes;
}

/** Deeper values are written out, and circles with them. */
const DEPTH = 128;
/** A character is written as `\u0000` at most. */
const MOST_OF_A_UNIT = 6;
/** Such as `-1.7976931348623157e+308`. */
const MOST_OF_A_NUMBER = 24;
/** Quotes of a text, or brackets; colon, comma. */
const MARKS = 4;

/** As many bytes as a value can have at most; infinite where that takes a closer look. */
function mostBytes(value: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return value.length * MOST_OF_A_UNIT + MARKS;
    case 'number':
      return MOST_OF_A_NUMBER + MARKS;
    case 'boolean':
    case 'undefined':
      return 5 + MARKS;
    case 'object':
      break;
    case 'bigint':
    case 'symbol':
    case 'function':
      return Number.POSITIVE_INFINITY;
  }
  if (value === null) return 4 + MARKS;
  if (depth === 0 || 'toJSON' in value) return Number.POSITIVE_INFINITY;
  let most = MARKS;
  if (Array.isArray(value)) for (const item of value) most += mostBytes(item, depth - 1);
  else
    for (const [name, member] of Object.entries(value))
      most += name.length * MOST_OF_A_UNIT + MARKS + mostBytes(member, depth - 1);
  return most;
}
