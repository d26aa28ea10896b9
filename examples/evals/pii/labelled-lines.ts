import { readFileSync } from 'node:fs';
import { isDetectedKind, personalDataKindOf } from '../../../contract/personal-data.ts';
import type { LabelledSpan } from './labelled-file.ts';
import { SeededRandom } from './random.ts';
import { templates } from './templates.ts';
import { harmless, makers } from './values.ts';

/** Of the file in the repository. */
const SEED = 20_261_121;
/** How often each template is filled. */
const ROUNDS = 3;

const ZEROS: Readonly<Record<string, number>> = { 'hi-IN': 0x0966, 'ta-IN': 0x0be6, 'te-IN': 0x0c66 };

/** The labelled texts as JSON Lines: templates filled with made-up values, and texts written one by one. */
export function labelledLines(): string {
  const random = new SeededRandom(SEED);
  const lines: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [locale, texts] of Object.entries(templates)) {
      for (const [index, template] of texts.entries()) {
        const id = `${locale}-${String(index + 1)}-${String(round)}`;
        // Each third of an Indic language's texts is written in its own digits.
        const zero = round === 2 ? ZEROS[locale] : undefined;
        lines.push(JSON.stringify({ id, locale, ...filled(template, random, zero) }));
      }
    }
  }
  for (const [index, { locale, marked }] of writtenTexts().entries())
    lines.push(JSON.stringify({ id: `written-${String(index + 1)}`, locale, ...unmarked(marked) }));
  return `${lines.join('\n')}\n`;
}

/** Texts written one by one, what templates would not think of: `[[kind|value]]` marks personal data. */
function writtenTexts(): readonly { readonly locale: string; readonly marked: string }[] {
  const content = readFileSync(new URL('written.json', import.meta.url), 'utf8');
  return JSON.parse(content) as readonly { readonly locale: string; readonly marked: string }[];
}

interface Filled {
  readonly text: string;
  readonly spans: readonly LabelledSpan[];
}

function filled(template: string, random: SeededRandom, zero: number | undefined): Filled {
  const spans: LabelledSpan[] = [];
  let text = '';
  for (const part of template.split(/(\{[^}]+\})/)) {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) text += part;
    else if (name.startsWith('~')) text += inDigits(harmless[name.slice(1)]?.(random) ?? name, zero);
    else {
      const kind = personalDataKindOf(name);
      if (!kind || !isDetectedKind(kind)) throw new Error(`no kind ${name}`);
      const value = makers[kind](random);
      // Addresses, keys and codes with letters are typed in ASCII whatever the language.
      const shown = /[A-Za-z]/.test(value) ? value : inDigits(value, zero);
      spans.push({ kind, start: text.length, end: text.length + shown.length });
      text += shown;
    }
  }
  return { text, spans };
}

function inDigits(value: string, zero: number | undefined): string {
  return zero === undefined
    ? value
    : value.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

/** Reads `[kind|value]` out of a text written by hand. */
function unmarked(marked: string): Filled {
  const spans: LabelledSpan[] = [];
  let text = '';
  for (const part of marked.split(/(\[\[[a-z-]+\|[^\]]+\]\])/)) {
    const [, name, value] = /^\[\[([a-z-]+)\|([^\]]+)\]\]$/.exec(part) ?? [];
    const kind = name === undefined ? undefined : personalDataKindOf(name);
    if (value === undefined) text += part;
    else if (!kind) throw new Error(`no kind ${String(name)}`);
    else {
      spans.push({ kind, start: text.length, end: text.length + value.length });
      text += value;
    }
  }
  return { text, spans };
}
