import type { Reading } from './reading.ts';

/** Letters and digits collected across single separators. */
export interface Collected {
  /** In upper case, without the separators. */
  readonly value: string;
  /** Just behind the last one. */
  readonly to: number;
}

/**
 * Collects so many ASCII letters and digits from an index on, over single spaces, dots and dashes between them.
 * @returns undefined where fewer stand there
 */
export function collect(reading: Reading, from: number, count: number): Collected | undefined {
  const { text } = reading;
  let value = '';
  let index = from;
  while (value.length < count) {
    const character = text.charAt(index);
    if (/[a-zA-Z0-9]/.test(character)) value += character;
    else if (value === '' || !/[ .-]/.test(character) || !/[a-zA-Z0-9]/.test(text.charAt(index + 1)))
      return undefined;
    index += 1;
  }
  return { value: value.toUpperCase(), to: index };
}
