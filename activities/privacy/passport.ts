import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, namedOtherwise } from './labels.ts';
import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

const LABELS =
  /passports?|ppt no|travel document|पासपोर्ट|பாஸ்போர்ட்|பாஸ்போட்|கடவுச்சீட்டு|கடவுச்சீட்டின்|పాస్పోర్ట్|పాస్పోర్టు|reisepass|passeport|pasaporte/gu;
/** One or two letters and digits, nine digits, or the mixed form of some countries; single spaces inside. */
const NUMBER =
  /(?<![a-z0-9])(?:[a-z]{1,2}-?\d{6,8}|[a-z] \d{7}|[a-z][ -]?\d{2} \d{5}|\d{8,9}|\d{2}[a-z]{2}\d{5}|[cfghjk][0-9cfghjklmnprtvwxyz]{8}|[a-z]{2,3}\d{5,6}[a-z]?)(?![a-z0-9])/g;
const STRICT = /(?<![a-z0-9])[a-z]\d{7}(?![a-z0-9])/g;
/** How far from the label a number may stand, in characters. */
const reach = { after: 60, before: 32 } as const;

const OWN = label(['passport', 'पासपोर्ट', 'பாஸ்போர்ட்', 'கடவுச்சீட்டு', 'పాస్పోర్ట్']);

/** Passport numbers where a label says so, in one of the languages: the forms alone are those of many codes. */
export function detectPassports(reading: Reading): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of reading.lower.matchAll(LABELS)) {
    const to = match.index + match[0].length;
    const one = numberAfter(reading, to) ?? numberBefore(reading, match.index);
    if (one) found.push(one);
  }
  return found;
}

function numberAfter(reading: Reading, from: number): Finding | undefined {
  const window = reading.lower.slice(from, from + reach.after);
  // The label speaks of its own sentence only; the dot of "no." ends none.
  const end = /;|(?<!\bno|\bnum|\bnr)[.!?।](?:\s|$)|\n\n/u.exec(window)?.index ?? window.length;
  return firstNumber(reading, from, window.slice(0, end), NUMBER);
}

function numberBefore(reading: Reading, to: number): Finding | undefined {
  const from = Math.max(0, to - reach.before);
  const window = reading.lower.slice(from, to);
  const start = Math.max(window.lastIndexOf('. '), window.lastIndexOf('? '), window.lastIndexOf('! '));
  return firstNumber(reading, from + start + 1, window.slice(start + 1), STRICT);
}

function firstNumber(reading: Reading, base: number, window: string, pattern: RegExp): Finding | undefined {
  for (const match of window.matchAll(pattern)) {
    const from = base + match.index;
    const to = from + match[0].length;
    if (!beginsWord(reading, from) || !endsWord(reading, to) || (match[0].match(/\d/g)?.length ?? 0) < 4)
      continue;
    if (/[-_/#@*]/.test(reading.text.charAt(from - 1)) && !/^[-#]$/.test(reading.text.charAt(from - 1)))
      continue;
    if (
      /^[-_@/.,][\p{L}\p{N}]/u.test(reading.text.slice(to, to + 2)) &&
      !/^-\p{Lo}/u.test(reading.text.slice(to, to + 2))
    )
      continue;
    if (namedOtherwise(reading, from) && !OWN.before.test(reading.lower.slice(Math.max(0, from - 40), from)))
      continue;
    return finding(reading, 'passport', from, to);
  }
  return undefined;
}
