/** What a customer wants, as far as keywords tell. */
export type Concern =
  'legal-claim' | 'duplicate-charge' | 'refund-request' | 'line-fault' | 'nothing-more' | 'unclear';

/** First match wins: what is costly to overlook stands first. */
const RULES: readonly (readonly [Concern, RegExp])[] = [
  ['legal-claim', /\b(lawyer|court|sue|legal action)\b/i],
  ['duplicate-charge', /\b(twice|double|duplicate)\b/i],
  ['refund-request', /\b(refund|money back|charged?|invoice|bill)\b/i],
  ['line-fault', /\b(internet|line|router|offline|slow|outage)\b/i],
  ['nothing-more', /\b(thanks|thank you|that is all|no more)\b/i],
];

/** Reads a text by keywords. A rule-based stand-in for a model; the port of agents is the same. */
export function concernOf(text: string): Concern {
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unclear';
}

/** Whether a text is also about the line, whatever comes first. */
export function mentionsLine(text: string): boolean {
  return RULES.some(([concern, pattern]) => concern === 'line-fault' && pattern.test(text));
}

/** The first amount of money in a text, in euros. */
export function amountIn(text: string): number | undefined {
  const amount = /(\d+(?:\.\d{1,2})?)\s*(?:EUR|euros?|€)/i.exec(text)?.[1];
  return amount === undefined ? undefined : Number(amount);
}
