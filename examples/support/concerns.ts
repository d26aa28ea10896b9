import { topics, type Topic } from './vocabulary.ts';

/** What a customer wants, as far as keywords tell. */
export type Concern =
  'legal-claim' | 'duplicate-charge' | 'refund-request' | 'line-fault' | 'nothing-more' | 'unclear';

/** A concern, and how sure a reader by keywords may be of it. */
export interface ReadConcern {
  readonly concern: Concern;
  /** 0 to 1: words that point where the concern lies, among all that point anywhere. */
  readonly confidence: number;
}

/** What one word is worth where no other contradicts it. */
const ONE_FIELD = 0.95;

/**
 * Reads a text by keywords, in the languages of the desk. A rule-based stand-in for a model; the port of agents is
 * the same.
 */
export function readConcern(text: string): ReadConcern {
  const found = topics.flatMap((topic) => {
    const words = wordsIn(topic, text);
    return words === 0 ? [] : [{ concern: topic.concern, field: topic.field, words }];
  });
  const [first] = found;
  if (!first) return { concern: 'unclear', confidence: 0 };
  const telling = found.filter((one) => one.field !== 'courtesy' || first.field === 'courtesy');
  const total = telling.reduce((sum, one) => sum + one.words, 0);
  const here = telling.filter((one) => one.field === first.field).reduce((sum, one) => sum + one.words, 0);
  return { concern: first.concern, confidence: Math.round(ONE_FIELD * (here / total) * 100) / 100 };
}

/** The concern alone. */
export function concernOf(text: string): Concern {
  return readConcern(text).concern;
}

/** Whether a text is also about the line, whatever comes first. */
export function mentionsLine(text: string): boolean {
  return topics.some((topic) => topic.concern === 'line-fault' && wordsIn(topic, text) > 0);
}

/** The first amount of money in a text, in euros. */
export function amountIn(text: string): number | undefined {
  const amount = /(\d+(?:\.\d{1,2})?)\s*(?:EUR|euros?|€|यूरो|யூரோ|యూరో)/i.exec(text)?.[1];
  return amount === undefined ? undefined : Number(amount);
}

function wordsIn(topic: Topic, text: string): number {
  return text.normalize('NFC').match(topic.words)?.length ?? 0;
}
