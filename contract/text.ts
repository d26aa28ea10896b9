/** Whether a text has half a surrogate pair: it has no UTF-8 form, so no digest and no wire could carry it. */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed();
}

/** A text with halves of surrogate pairs replaced by U+FFFD, as every encoder would. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** A text cut to a number of UTF-16 units. A cut through the middle of a character leaves U+FFFD, never half of it. */
export function cutText(text: string, most: number): string {
  return wellFormed(text.slice(0, most));
}
