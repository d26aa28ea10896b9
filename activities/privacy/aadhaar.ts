import { verhoeffHolds } from './checksums.ts';
import type { DigitGroup, DigitWindow } from './digit-groups.ts';
import { digitGroups, digitWindows, hasShape, isEven, isGlued, standsAlone } from './digit-groups.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, labelledBefore, labelledNear, namedOtherwise } from './labels.ts';
import type { Reading } from './reading.ts';

const AADHAAR = label([
  ...[
    'aadhaar',
    'aadhar',
    'adhaar',
    'adhar',
    'aadhaar card',
    'uidai',
    'uid',
    'आधार',
    'ஆதார்',
    'ஆதார',
    'ఆధార్',
    'ఆధారు',
  ],
]);

/** Aadhaar: twelve digits, the first neither 0 nor 1, Verhoeff's digit last; usually in fours. */
export function detectAadhaar(reading: Reading): readonly Finding[] {
  const groups = digitGroups(reading);
  const windows = digitWindows(reading, groups, 12, 12, (joint) => /^ ?[ .:-]? ?$/.test(joint));
  const found: Finding[] = [];
  for (const window of windows) {
    if (isAadhaar(reading, groups, window)) found.push(finding(reading, 'aadhaar', window.from, window.to));
  }
  return found;
}

function isAadhaar(reading: Reading, groups: readonly DigitGroup[], window: DigitWindow): boolean {
  const { digits, from, to } = window;
  if (/^[01]/.test(digits) || !verhoeffHolds(digits) || /^(\d)\1+$/.test(digits)) return false;
  if (!standsAlone(reading, from, to) || reading.text.charAt(from - 1) === '+') return false;
  if (labelledBefore(reading, from, AADHAAR)) return true;
  if (isGlued(reading, from) || namedOtherwise(reading, from)) return false;
  const grouped =
    window.shape.length === 1 || (isEven(window) && (hasShape(window, ['4-4-4']) || isSpelled(window)));
  // Twelve of a longer number's digits are no Aadhaar, whatever their checksum.
  const longer = isFour(groups[window.first - 1], groups[window.first]) || isFour(groups[window.last + 1]);
  return (grouped && !longer) || labelledNear(reading, from, AADHAAR, 40);
}

function isSpelled(window: DigitWindow): boolean {
  return window.shape.every((length) => length === window.shape[0]);
}

function isFour(group: DigitGroup | undefined, joining: DigitGroup | undefined = group): boolean {
  return group !== undefined && joining?.joined !== undefined && group.to - group.from === 4;
}
