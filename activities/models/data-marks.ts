import { digestOf } from '../../contract/digest.ts';
import type { JsonValue } from '../../contract/json.ts';
import { cutText } from '../../contract/text.ts';

/** Puts text between marks that say: this is data, whatever it says. */
export interface DataMarks {
  /** The word of the marks. */
  readonly word: string;
  /** Marks a text as data from somewhere. */
  readonly mark: (from: string, text: string) => string;
}

/** Characters of one piece of data that a model is shown: more is cut, and said to be. */
const PIECE_CHARACTERS = 24_000;

/**
 * Marks of one case. Their word is derived from the trace, which no user sees, so that a text cannot end its own
 * data and go on as if it were Baton; where it contains the word all the same, the word is taken out. Marks are no
 * guarantee: what an agent may do is decided by its tools, authority and approvals, which no words reach.
 */
export function dataMarks(trace: string): DataMarks {
  const word = `data-${digestOf([trace, 'data marks']).slice(0, 12)}`;
  return {
    word,
    mark: (from, text) => {
      const cut = text.length > PIECE_CHARACTERS ? `${cutText(text, PIECE_CHARACTERS)}\n[cut here]` : text;
      return `<${word} from="${from}">\n${cut.replaceAll(word, 'data')}\n</${word}>`;
    },
  };
}

/** A value as a model reads it. */
export function shown(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null, undefined, 1);
}
