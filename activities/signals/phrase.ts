import type { Clause } from './clauses.ts';

/** Where a phrase stands in a clause: the first word, and the one behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds a phrase: words in this order, `word*` for all that begin so, `...` for up to three words between.
 * @param phrase in lower case
 */
export function findPhrase(clause: Clause, phrase: string): readonly Span[] {
  const parts = phrase.split(' ');
  return clause.flatMap((_, start) => {
    const end = matchFrom(clause, start, parts);
    return end === undefined ? [] : [{ start, end }];
  });
}

/** Finds any of several phrases. */
export function findPhrases(clause: Clause, phrases: readonly string[]): readonly Span[] {
  return phrases.flatMap((phrase) => findPhrase(clause, phrase));
}

function matchFrom(clause: Clause, at: number, parts: readonly string[]): number | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return at;
  if (part === '...') {
    for (let gap = 0; gap <= 3; gap += 1) {
      const end = matchFrom(clause, at + gap, rest);
      if (end !== undefined) return end;
    }
    return undefined;
  }
  const word = clause[at];
  if (word === undefined) return undefined;
  const fits = part.endsWith('*') ? word.startsWith(part.slice(0, -1)) : word === part;
  return fits ? matchFrom(clause, at + 1, rest) : undefined;
}
