import { collect } from './characters.ts';
import { gstinCheck } from './checksums.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

const STRUCTURE = /^(?:0[1-9]|[1-3]\d|97|99)[A-Z]{5}\d{4}[A-Z][1-9A-Z][A-Z0-9][A-Z0-9]$/;

/** GSTIN: state, PAN, number of the registration, a letter, and the check character modulo 36. */
export function detectGstins(reading: Reading): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of reading.text.matchAll(/\d{2}(?=[ .-]?[a-zA-Z])/g)) {
    const from = match.index;
    if (!beginsWord(reading, from)) continue;
    const collected = collect(reading, from, 15);
    if (!collected || !STRUCTURE.test(collected.value) || !endsWord(reading, collected.to)) continue;
    if (gstinCheck(collected.value.slice(0, 14)) !== collected.value.charAt(14)) continue;
    found.push(finding(reading, 'gstin', from, collected.to));
  }
  return found;
}
