/** One clause as words: what a negation reaches, and nothing beyond. */
export type Clause = readonly string[];

/** Marks that end a clause, in the scripts that are read. */
const ENDS = /[.!?;:,।॥…\n()—–]+/u;

/** What is read of a long text: its beginning and its end. Nobody asks for a human in the middle of a log file. */
const HEAD_CHARACTERS = 2_000;
const TAIL_CHARACTERS = 1_000;
/** Words of a clause at most: text without marks must not cost the square of its length. */
const CLAUSE_WORDS = 40;

/**
 * A text as clauses of plain words: lower case, without apostrophes, joiners and the dot that Devanagari puts under
 * letters of Persian words, which people write or leave out as they like.
 * @param breaks words that begin a clause: but, because
 */
export function clausesOf(text: string, breaks: ReadonlySet<string>): readonly Clause[] {
  return shortened(text)
    .normalize('NFD')
    .replace(/[\u093c\u200b-\u200f\u2060\ufeff'’`´]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .split(ENDS)
    .flatMap((part) => splitAt(part.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [], breaks))
    .filter((clause) => clause.length > 0);
}

function splitAt(words: readonly string[], breaks: ReadonlySet<string>): readonly Clause[] {
  const clauses: string[][] = [[]];
  for (const word of words) {
    if (breaks.has(word) || clauses.at(-1)?.length === CLAUSE_WORDS) clauses.push([]);
    if (!breaks.has(word)) clauses.at(-1)?.push(word);
  }
  return clauses;
}

function shortened(text: string): string {
  return text.length <= HEAD_CHARACTERS + TAIL_CHARACTERS
    ? text
    : `${text.slice(0, HEAD_CHARACTERS)}\n${text.slice(-TAIL_CHARACTERS)}`;
}
