/** Share of the shorter message's words that the longer one has, from which on they say the same. */
const ALIKE = 0.8;

/**
 * How many earlier messages say the same as a text: nearly all words of the shorter one are in the other, which is
 * not much longer. It knows no language.
 */
export function repeatsOf(text: string, earlier: readonly string[]): number {
  const words = wordsOf(text);
  return earlier.filter((one) => areAlike(words, wordsOf(one))).length;
}

function areAlike(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const [short, long] = left.size <= right.size ? [left, right] : [right, left];
  // `Yes` after `Yes` answers another question.
  if (short.size < 3 || long.size > 2 * short.size + 2) return false;
  return [...short].filter((word) => long.has(word)).length / short.size >= ALIKE;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [],
  );
}
