/** Counts tokens of a text in the o200k encoding. */
export type CountTokens = (text: string) => number;

let loading: Promise<CountTokens> | undefined;

/** The tokenizer, loaded when first asked for: its tables take half a second and 40 MB, and few teams summarise. */
export function tokenCounter(): Promise<CountTokens> {
  loading ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      (text) =>
        countTokens(text),
  );
  return loading;
}
