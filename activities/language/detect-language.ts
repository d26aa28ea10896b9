import { isRomanisedHindi } from './romanised-hindi.ts';
import { scriptOf, type SharedScript } from './scripts.ts';

/**
 * The language of a text as a BCP 47 tag, or undefined where it cannot be told. Runs in activities only: what it
 * answers changes with the version of its data.
 */
export type DetectLanguage = (text: string) => string | undefined;

/** Longer texts tell no more, and a message may have 32 KiB. */
const LONGEST_TEXT = 2_000;
/** Texts whose language is remembered: more than are on their way between agents at a time. */
const TEXTS_REMEMBERED = 500;
/** The library guesses at fewer letters as it does at more, and as sure of itself. */
const FEWEST_LETTERS = 20;

/** Words of Nepali that Hindi and Marathi do not have. */
const NEPALI = /(?:हुन्छ|छैन|गर्नु|गर्ने|मेरो|तपाईं|कहिले|पर्यो|भयो|छन्|\sछ(?:\s|[।?!,.]|$))/u;

/** What reads the languages of shared scripts: `eld`, once its data is loaded. */
type Guess = (text: string) => string | undefined;

/** Tells languages by their script alone: what there is until {@link loadLanguages} has loaded more. */
export const languageOfScript: DetectLanguage = detectorOver(() => undefined);

let loaded: Promise<DetectLanguage> | undefined;

/**
 * Loads the data of the language detector, once a process and before it takes work: half a second and 85 MB.
 * (`eld` 2.1.0, n-grams of 60 languages.)
 */
export function loadLanguages(): Promise<DetectLanguage> {
  loaded ??= import('eld/extrasmall').then(({ eld }) =>
    remembering(
      detectorOver((text) => {
        const found = eld.detect(text);
        return found.isReliable() ? found.language : undefined;
      }),
    ),
  );
  return loaded;
}

/** A message is read by every owner that a case passes before it is answered: once is enough. */
function remembering(detect: DetectLanguage): DetectLanguage {
  const found = new Map<string, string | undefined>();
  return (text) => {
    if (found.has(text)) return found.get(text);
    const language = detect(text);
    if (text.length <= LONGEST_TEXT) found.set(text, language);
    const [oldest] = found.size > TEXTS_REMEMBERED ? found.keys() : [];
    if (oldest !== undefined) found.delete(oldest);
    return language;
  };
}

function detectorOver(guess: Guess): DetectLanguage {
  return (text) => {
    const read = text.slice(0, LONGEST_TEXT);
    const found = scriptOf(read);
    switch (found.kind) {
      case 'none':
        return undefined;
      case 'language':
        return found.language;
      case 'shared':
        return ofShared(found.script, read, found.letters >= FEWEST_LETTERS ? guess : () => undefined);
    }
  };
}

function ofShared(script: SharedScript, text: string, guess: Guess): string | undefined {
  switch (script) {
    case 'devanagari':
      // Bodo, Dogri, Konkani, Maithili and Sanskrit pass for the nearest of these; senders give a locale instead.
      return NEPALI.test(text) ? 'ne' : guess(text) === 'mr' ? 'mr' : 'hi';
    case 'bengali':
      // Two letters that Assamese has and Bengali has not.
      return /[ৰৱ]/u.test(text) ? 'as' : 'bn';
    case 'arabic':
      if (/[ٻڄڃڳڱڻٺ]/u.test(text)) return 'sd';
      if (/[ٲؠۄ]/u.test(text)) return 'ks';
      return guess(text) ?? (/[ٹڈڑے]/u.test(text) ? 'ur' : undefined);
    case 'japanese-or-chinese':
      return /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? 'ja' : 'zh';
    case 'other':
      return isRomanisedHindi(text) ? 'hi-Latn' : guess(text);
  }
}
