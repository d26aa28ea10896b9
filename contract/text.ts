const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const LONE_SURROGATES = new RegExp(LONE_SURROGATE, 'g');

/** Whether a text has half a surrogate pair: it has no UTF-8 form, so no digest and no wire could carry it. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** A text with halves of surrogate pairs replaced by U+FFFD, as every encoder would. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATES, '\uFFFD');
}

/** A text cut to a number of UTF-16 units. A cut through the middle of a character leaves U+FFFD, never half of it. */
export function cutText(text: string, most: number): string {
  return wellFormed(text.slice(0, most));
}
