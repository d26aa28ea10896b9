/**
 * What the words of one language say. Phrases are words in lower case; `word*` stands for all words that begin so,
 * `...` for up to three words. Data and nothing else: to teach a word, add it here and measure with
 * `npm run eval -- signals`.
 */
export interface Lexicon {
  readonly language: string;
  /** Words that begin another clause. */
  readonly breaks: readonly string[];
  /** People one can ask for. */
  readonly people: readonly string[];
  /** Ways to ask for somebody. */
  readonly wants: readonly string[];
  /** Phrases that ask for a human by themselves. */
  readonly asks: readonly string[];
  /** Words that may stand around a bare `agent, please`. */
  readonly fillers: readonly string[];
  readonly negations: readonly string[];
  /** Where a negation stands: in front of what it denies, or behind it too. */
  readonly negates: 'before' | 'around';
  /** Phrases that look like a negation or a request and are none. */
  readonly ignored: readonly string[];
  /** Phrases of frustration with their weights, 0 to 1. */
  readonly frustration: readonly (readonly [string, number])[];
  readonly positive: readonly string[];
  readonly legal: readonly string[];
  readonly clarifies: readonly string[];
}
