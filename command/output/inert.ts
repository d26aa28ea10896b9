/**
 * What a terminal would obey or hide: control characters (escape sequences begin with one), format characters
 * (they reorder or hide text), separators that break lines, private use, unassigned, halves of surrogate pairs.
 */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu;
/** Joiners belong to the spelling of many scripts and to emoji; in others they only hide that a word is another. */
const JOINED =
  /(?<![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])(?<=[\p{L}\p{M}\p{Extended_Pictographic}\ufe0f])[\u200c\u200d](?=[\p{L}\p{Extended_Pictographic}])/gu;
const JOINER_MARKS = ['\ufdd0', '\ufdd1'] as const;

/**
 * Text of users, agents and people on one line of a terminal, inert: what would act is shown as `\u{1b}`, never
 * interpreted, and a line break cannot begin a line of its own.
 * @param limit longest text in UTF-16 units; what is cut is marked
 */
export function inert(text: string, limit = Number.POSITIVE_INFINITY): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}...` : text;
  const held = cut
    .replace(/[\ufdd0\ufdd1]/g, escaped)
    .replace(JOINED, (joiner) => (joiner === '\u200c' ? JOINER_MARKS[0] : JOINER_MARKS[1]));
  return held
    .replace(ACTIVE, (one) => (JOINER_MARKS.includes(one as '\ufdd0') ? one : escaped(one)))
    .replace(/\ufdd0/g, '\u200c')
    .replace(/\ufdd1/g, '\u200d');
}

/**
 * Text over several lines: line breaks are kept, and every line after the first is set in behind a bar, so that
 * nothing in it can pass for a line of ours.
 */
export function inertLines(text: string, indent: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => inert(line))
    .join(`\n${indent}| `);
}

/** JSON for a terminal: what would act inside its strings is escaped, so it reads back as it was. */
export function inertJson(value: unknown, space?: number): string {
  const text = JSON.stringify(value, undefined, space) as string | undefined;
  // Line breaks in the text are JSON's own: inside strings they are escaped already.
  return (text ?? 'null').replace(ACTIVE, (one) =>
    one === '\n'
      ? one
      : Array.from({ length: one.length }, (_, index) => unit(one.charCodeAt(index))).join(''),
  );
}

function escaped(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\t':
      return '\\t';
    case '\r':
      return '\\r';
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  }
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
