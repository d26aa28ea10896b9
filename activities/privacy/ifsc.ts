import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, labelledNear, namedOtherwise } from './labels.ts';
import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

const IFSC = /[a-zA-Z]{4}[ -]?0[ -]?[a-zA-Z0-9]{6}/g;
const IFSC_LABEL = label([
  ...[
    'ifsc',
    'ifsc code',
    'ifs code',
    'rtgs',
    'neft',
    'branch code',
    'आईएफएससी',
    'आइएफएससी',
    'ஐஎஃப்எஸ்சி',
    'ஐஎப்எஸ்சி',
  ],
  ...['ఐఎఫ్ఎస్సి', 'ఐఎఫ్‌ఎస్‌సి', 'ఐఎఫ్ఎస్‌సీ', 'ఐఎఫ్ఎస్సీ'].map((word) => word.replaceAll('\u200c', '')),
]);

/** IFSC of a bank's branch: four letters of the bank, a zero, six characters of the branch, usually digits. */
export function detectIfscCodes(reading: Reading): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of reading.text.matchAll(IFSC)) {
    const from = match.index;
    const to = from + match[0].length;
    if (!beginsWord(reading, from) || !endsWord(reading, to)) continue;
    if (
      /[-_/#@*]/.test(reading.text.charAt(from - 1)) ||
      /^[-_@/][\p{L}\p{N}]/u.test(reading.text.slice(to, to + 2))
    )
      continue;
    const usual = /^(?:[A-Z]{4}|[a-z]{4})0\d{6}$/.test(match[0]) && !namedOtherwise(reading, from);
    const split = / /.test(match[0]) && match[0] !== match[0].toUpperCase();
    const labelled = !split && /\d{2}/.test(match[0]) && labelledNear(reading, from, IFSC_LABEL, 40);
    if (usual || labelled) found.push(finding(reading, 'ifsc', from, to));
  }
  return found;
}
