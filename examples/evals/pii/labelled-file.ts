import type { PersonalDataKind } from '../../../contract/personal-data.ts';
import { personalDataKindOf, personalDataKinds } from '../../../contract/personal-data.ts';
import { BatonError, failure } from '../../../contract/failures.ts';
import { isJsonObject } from '../../../contract/json.ts';

/** Personal data as a person labelled it: UTF-16 offsets, `end` just behind the last unit. */
export interface LabelledSpan {
  readonly kind: PersonalDataKind;
  readonly start: number;
  readonly end: number;
}

/** One line of a labelled file. */
export interface LabelledText {
  readonly id: string;
  /** BCP 47 tag of the text's language, where given. For people; detectors are not told. */
  readonly locale: string | undefined;
  readonly text: string;
  readonly spans: readonly LabelledSpan[];
}

/**
 * Reads a labelled file: JSON Lines as `docs/privacy.md` describes them. Empty lines are passed over.
 * @throws BatonError `INPUT_INVALID` naming line and field of the first fault
 */
export function parseLabelledFile(content: string): readonly LabelledText[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  const texts: LabelledText[] = [];
  const ids = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const one = parseLine(line, index + 1);
    const earlier = ids.get(one.id);
    if (earlier !== undefined) throw invalid(index + 1, 'id', `"${one.id}" is the id of line ${earlier} too`);
    ids.set(one.id, index + 1);
    texts.push(one);
  }
  if (texts.length === 0) throw invalid(1, 'file', 'there is no labelled text in it');
  return texts;
}

function parseLine(line: string, number: number): LabelledText {
  const value = jsonOf(line, number);
  if (!isJsonObject(value)) throw invalid(number, 'line', 'it is not a JSON object');
  const { id, locale, text, spans } = value;
  if (typeof id !== 'string' || id === '')
    throw invalid(number, 'id', 'it must be a text with something in it');
  if (locale !== undefined && typeof locale !== 'string')
    throw invalid(number, 'locale', 'it must be a text');
  if (typeof text !== 'string') throw invalid(number, 'text', 'it must be a text');
  if (!Array.isArray(spans))
    throw invalid(number, 'spans', 'it must be a list, empty where nothing is personal');
  return { id, locale, text, spans: spans.map((span, at) => spanOf(span, text, number, `spans.${at}`)) };
}

function spanOf(span: unknown, text: string, line: number, field: string): LabelledSpan {
  if (!isJsonObject(span)) throw invalid(line, field, 'it is not an object of kind, start and end');
  const kind = typeof span['kind'] === 'string' ? personalDataKindOf(span['kind']) : undefined;
  if (!kind) {
    const got = span['kind'] === undefined ? 'nothing' : JSON.stringify(span['kind']);
    throw invalid(line, `${field}.kind`, `${got} is no kind; kinds are ${personalDataKinds().join(', ')}`);
  }
  const start = offsetOf(span['start'], text, line, `${field}.start`);
  const end = offsetOf(span['end'], text, line, `${field}.end`);
  if (end <= start) throw invalid(line, `${field}.end`, `${end} is not behind the start, ${start}`);
  return { kind, start, end };
}

function offsetOf(value: unknown, text: string, line: number, field: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw invalid(line, field, 'it must be a whole number of UTF-16 units');
  if (value < 0 || value > text.length)
    throw invalid(line, field, `${value} is outside the text, which has ${text.length} UTF-16 units`);
  return value;
}

function jsonOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    throw invalid(
      number,
      'line',
      `it is not JSON (${thrown instanceof Error ? thrown.message : String(thrown)})`,
    );
  }
}

function invalid(line: number, field: string, detail: string): BatonError {
  return new BatonError(failure('INPUT_INVALID', `line ${line}, ${field}: ${detail}`, field));
}
