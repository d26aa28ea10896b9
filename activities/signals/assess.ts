import type { Signals } from '../../contract/policy/signals.ts';
import { clausesOf, type Clause } from './clauses.ts';
import { languageOfScript, type DetectLanguage } from '../language/detect-language.ts';
import type { Lexicon } from './lexicon.ts';
import { english } from './lexicon-english.ts';
import { hindi } from './lexicon-hindi.ts';
import { romanisedHindi } from './lexicon-romanised-hindi.ts';
import { tamil } from './lexicon-tamil.ts';
import { telugu } from './lexicon-telugu.ts';
import { findPhrases, type Span } from './phrase.ts';
import { repeatsOf } from './repeats.ts';

/** What is assessed. */
export interface Assessed {
  readonly text: string;
  /** The user's messages before it, oldest first. */
  readonly earlier: readonly string[];
  /** Phrases by name, in any language. */
  readonly keywords: Readonly<Record<string, readonly string[]>>;
}

const LEXICONS: readonly Lexicon[] = [english, hindi, romanisedHindi, tamil, telugu];
/** Words between what is denied and its negation, at most. */
const REACH = 4;
/** A message so short may be a bare noun: `agent`. */
const SHORT = 8;

/**
 * Reads the signals out of a message. Nearly every lexicon reads every message, for people mix languages. Deterministic: the same text gives the same signals.
 * @param detect tells the language, as everywhere; by script alone when absent
 */
export function assess(
  { text, earlier, keywords }: Assessed,
  detect: DetectLanguage = languageOfScript,
): Signals {
  const language = detect(text) ?? (isFewWordsOfLatin(text) ? undefined : 'en');
  const read = LEXICONS.filter((lexicon) => reads(lexicon, language)).map((lexicon) =>
    readWith(lexicon, text),
  );
  const hits = read.flatMap((one) => one.frustration);
  const frustration = saturated([...hits, ...shouting(text)]);
  const positive = read.reduce((sum, one) => sum + one.positive, 0);
  const negative = hits.length;
  return {
    version: '1.0.0',
    ...(language === undefined ? {} : { language }),
    asksForHuman: read.some((one) => one.asksForHuman),
    legal: read.some((one) => one.legal),
    clarifies: read.some((one) => one.clarifies),
    frustration,
    sentiment: positive + negative === 0 ? 0 : rounded((positive - negative) / (positive + negative)),
    repeats: repeatsOf(text, earlier),
    keywords: Object.entries(keywords)
      .filter(([, phrases]) => hasKeyword(text, phrases))
      .map(([name]) => name),
  };
}

/** What nobody could tell is English, the language whose short messages say least of it, unless it is a word or two. */
function isFewWordsOfLatin(text: string): boolean {
  return (text.match(/[A-Za-z]+/g) ?? []).length <= 2;
}

/** Languages whose speakers write English and Hindi in Latin letters among their own script. */
const MIXED: readonly (string | undefined)[] = [undefined, 'hi', 'hi-Latn', 'ta', 'te'];

/** English and Hindi in Latin letters share nouns (agent, manager) and deny by other words: one of the two reads. */
function reads(lexicon: Lexicon, language: string | undefined): boolean {
  if (language === 'hi-Latn') return lexicon.language !== 'en';
  return lexicon.language !== 'hi-Latn' || MIXED.includes(language);
}

interface Reading {
  readonly asksForHuman: boolean;
  readonly legal: boolean;
  readonly clarifies: boolean;
  readonly frustration: readonly number[];
  readonly positive: number;
}

function readWith(lexicon: Lexicon, text: string): Reading {
  const clauses = clausesOf(text, new Set(lexicon.breaks));
  const total = clauses.reduce((sum, clause) => sum + clause.length, 0);
  const affirmed = (phrases: readonly string[]): readonly Span[] =>
    clauses.flatMap((clause) =>
      findPhrases(clause, phrases).filter((span) => !isNegated(lexicon, clause, span)),
    );
  return {
    asksForHuman: clauses.some((clause) => asksIn(lexicon, clause, total)),
    legal: affirmed(lexicon.legal).length > 0,
    clarifies: clauses.some((clause) => findPhrases(clause, lexicon.clarifies).length > 0),
    frustration: lexicon.frustration
      .filter(([phrase]) => affirmed([phrase]).length > 0)
      .map(([, weight]) => weight),
    positive: affirmed(lexicon.positive).length,
  };
}

function asksIn(lexicon: Lexicon, clause: Clause, total: number): boolean {
  const ignored = findPhrases(clause, lexicon.ignored);
  const people = findPhrases(clause, lexicon.people).filter(
    (span) => !ignored.some((one) => one.start <= span.start && span.end <= one.end),
  );
  if (total <= SHORT && people.length > 0 && isBare(lexicon, clause, people)) return true;
  if (findPhrases(clause, lexicon.asks).some((span) => !isNegated(lexicon, clause, span))) return true;
  return findPhrases(clause, lexicon.wants).some((want) =>
    people.some((person) => {
      const whole = { start: Math.min(want.start, person.start), end: Math.max(want.end, person.end) };
      if (lexicon.negates === 'before' && person.start < want.start) return false;
      return whole.end - whole.start <= 2 * REACH + 1 && !isNegated(lexicon, clause, whole);
    }),
  );
}

/** Nothing but people and words of courtesy. */
function isBare(lexicon: Lexicon, clause: Clause, people: readonly Span[]): boolean {
  return clause.every(
    (word, index) =>
      lexicon.fillers.includes(word) || people.some((span) => span.start <= index && index < span.end),
  );
}

/** Whether a negation reaches a span; one inside a phrase belongs to the phrase, unless it is long. */
function isNegated(lexicon: Lexicon, clause: Clause, span: Span): boolean {
  const harmless = findPhrases(clause, lexicon.ignored);
  return findPhrases(clause, lexicon.negations).some((negation) => {
    if (harmless.some((one) => one.start <= negation.start && negation.end <= one.end)) return false;
    const before = negation.start < span.start && span.start - negation.end <= REACH;
    const within = negation.start > span.start && negation.end <= span.end;
    const behind =
      lexicon.negates === 'around' && negation.start >= span.end && negation.start - span.end < REACH;
    return before || behind || (within && span.end - span.start > 2);
  });
}

/** Capitals and rows of marks: weights as the lexicons have them. */
function shouting(text: string): readonly number[] {
  const letters = text.match(/[A-Za-z]/g)?.length ?? 0;
  const capitals = text.match(/[A-Z]/g)?.length ?? 0;
  const words = text.match(/\b[A-Z]{3,}\b/g)?.length ?? 0;
  return [
    ...(letters >= 10 && words >= 3 && capitals > 0.7 * letters ? [0.5] : []),
    ...(/[!?]{2,}/.test(text) ? [0.25] : []),
  ];
}

function hasKeyword(text: string, phrases: readonly string[]): boolean {
  const clauses = clausesOf(text, new Set());
  return phrases.some((phrase) =>
    clausesOf(phrase, new Set()).every((words) => {
      const joined = words.join(' ');
      return clauses.some((clause) => findPhrases(clause, [joined]).length > 0);
    }),
  );
}

/** Weights add up to no more than 1: the second complaint in a sentence says less than the first. */
function saturated(weights: readonly number[]): number {
  return rounded(1 - weights.reduce((rest, weight) => rest * (1 - weight), 1));
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
