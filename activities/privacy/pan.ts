import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, labelledBefore, namedOtherwise } from './labels.ts';
import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

/** Five letters, four digits, a letter. */
const PAN = /[a-zA-Z]{5}[ .-]?\d{4}[ .-]?[a-zA-Z]/g;
/** The fourth letter is the type of holder. */
const HOLDER = /^...[ABCEFGHJKLPT]/i;
const PAN_LABEL = label(['pan', 'pan card', 'permanent account', 'पैन', 'पैन कार्ड', 'பான்', 'பேன்', 'పాన్', 'ప్యాన్']);

/** PAN of the Indian income tax: by structure, the type of holder included; it has no public checksum. */
export function detectPans(reading: Reading): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of reading.text.matchAll(PAN)) {
    const from = match.index;
    const to = from + match[0].length;
    if (!beginsWord(reading, from) || !endsWord(reading, to) || /0000/.test(match[0])) continue;
    if (
      /[-_/#@*]/.test(reading.text.charAt(from - 1)) ||
      /^[-_@/][\p{L}\p{N}]/u.test(reading.text.slice(to, to + 2))
    )
      continue;
    const labelled = labelledBefore(reading, from, PAN_LABEL);
    const oneCase = match[0] === match[0].toUpperCase() || match[0] === match[0].toLowerCase();
    const split = /[ .-]/.test(match[0]);
    // What a label calls a PAN is treated as one though its holder's type is mistyped.
    if (labelled || (oneCase && !split && HOLDER.test(match[0]) && !namedOtherwise(reading, from)))
      found.push(finding(reading, 'pan', from, to));
  }
  return found;
}
