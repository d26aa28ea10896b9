import { z } from 'zod';

const Text = z.string().min(1).max(500);
const Texts = z.strictObject({
  en: Text,
  hi: Text.optional(),
  'hi-Latn': Text.optional(),
  ta: Text.optional(),
  te: Text.optional(),
});
/** One text in the languages that Baton speaks. */
export type Texts = z.output<typeof Texts>;

/** The schema of a text in the languages that Baton speaks: English at least, and each of 500 characters at most. */
export function textsSchema(): typeof Texts {
  return Texts;
}

/**
 * A text in a language.
 * @param language such as `en`, `hi-Latn`; another script of the same language, then English, stands in
 */
export function textIn(texts: Texts, language: string | undefined): string {
  const [base = 'en'] = (language ?? 'en').split('-');
  return exactly(texts, language ?? 'en') ?? exactly(texts, base) ?? texts.en;
}

function exactly(texts: Texts, language: string): string | undefined {
  switch (language) {
    case 'en':
    case 'hi':
    case 'hi-Latn':
    case 'ta':
    case 'te':
      return texts[language];
    default:
      return undefined;
  }
}
