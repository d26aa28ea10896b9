/** How letters are told apart, and what a script alone says of the language. */

/** Scripts of which each is written by one language in the main, by BCP 47 language. */
const OF_ONE_LANGUAGE: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Tamil}/u, 'ta'],
  [/\p{Script=Telugu}/u, 'te'],
  [/\p{Script=Kannada}/u, 'kn'],
  [/\p{Script=Malayalam}/u, 'ml'],
  [/\p{Script=Gujarati}/u, 'gu'],
  [/\p{Script=Gurmukhi}/u, 'pa'],
  [/\p{Script=Oriya}/u, 'or'],
  [/\p{Script=Ol_Chiki}/u, 'sat'],
  [/\p{Script=Meetei_Mayek}/u, 'mni'],
  [/\p{Script=Sinhala}/u, 'si'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Armenian}/u, 'hy'],
  [/\p{Script=Georgian}/u, 'ka'],
  [/\p{Script=Hangul}/u, 'ko'],
];

/** A script that several languages share. */
export type SharedScript = 'devanagari' | 'bengali' | 'arabic' | 'japanese-or-chinese' | 'other';

/** What the letters of a text say. */
export type ScriptFound =
  | { readonly kind: 'language'; readonly language: string }
  | { readonly kind: 'shared'; readonly script: SharedScript; readonly letters: number }
  | { readonly kind: 'none' };

const SHARED: readonly (readonly [RegExp, SharedScript])[] = [
  [/\p{Script=Devanagari}/u, 'devanagari'],
  [/\p{Script=Bengali}/u, 'bengali'],
  [/\p{Script=Arabic}/u, 'arabic'],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u, 'japanese-or-chinese'],
];

/** Fewer letters are a name, a code or a slip. */
const FEWEST_LETTERS = 3;
/** Latin letters come before it, and each turn reads its messages: they need not be held against every script. */
const FIRST_TOLD_APART = '\u0370';
const LETTER = /[\p{Letter}\p{Mark}]/u;

/** The script that most letters of a text are in. Linear in its length. */
export function scriptOf(text: string): ScriptFound {
  const counts = new Map<string, number>();
  let letters = 0;
  for (const character of text) {
    if (!LETTER.test(character)) continue;
    letters += 1;
    const known = character < FIRST_TOLD_APART ? 'other' : wordFor(character);
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, left], [, right]) => right - left);
  if (letters < FEWEST_LETTERS || !most) return { kind: 'none' };
  const shared = isShared(most[0]);
  return shared ? { kind: 'shared', script: shared, letters } : { kind: 'language', language: most[0] };
}

function wordFor(letter: string): string {
  return (
    OF_ONE_LANGUAGE.find(([pattern]) => pattern.test(letter))?.[1] ??
    SHARED.find(([pattern]) => pattern.test(letter))?.[1] ??
    'other'
  );
}

function isShared(word: string): SharedScript | undefined {
  return word === 'other' ? word : SHARED.find(([, script]) => script === word)?.[1];
}
