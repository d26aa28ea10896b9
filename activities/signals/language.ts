import { hindiInLatin } from './lexicon-romanised-hindi.ts';

/** Scripts that tell a language among those whose words are known. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['hi', /\p{Script=Devanagari}/gu],
  ['ta', /\p{Script=Tamil}/gu],
  ['te', /\p{Script=Telugu}/gu],
];

/**
 * The language of a short text among those whose words are known: by script, and in Latin letters by the small words
 * of Hindi.
 * @returns undefined where the text does not tell, such as `OK` or a number
 */
export function languageOf(text: string): string | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [language, script] of SCRIPTS)
    if ((text.match(script)?.length ?? 0) > letters / 3) return language;
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const hindi = words.filter((word) => hindiInLatin.has(word)).length;
  if ((hindi >= 2 && hindi >= words.length / 4) || (hindi === 1 && words.length <= 4)) return 'hi-Latn';
  return words.length > 2 ? 'en' : undefined;
}
