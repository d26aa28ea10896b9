/** Counts tokens of a text in the o200k encoding. */
export type CountTokens = (text: string) => number;

let loading: Promise<CountTokens> | undefined;

/** The tokenizer, loaded when first asked for: its tables take half a second and 40 MB, and few teams summarise. */
export function tokenCounter(): Promise<CountTokens> {
  loading ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      (text) =>
        piecesOf(text).reduce((sum, piece) => sum + countTokens(piece), 0),
  );
  return loading;
}

/**
 * Texts without a break are cut: the time of the encoding grows with the square of a run, and a message of one letter
 * over and over would hold up its worker for minutes. A cut adds a token at most. Other texts are left whole.
 */
function piecesOf(text: string): readonly string[] {
  const ends = [...text.matchAll(/\S{256}|\s{256}/gu)].map((run) => run.index + run[0].length);
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}
