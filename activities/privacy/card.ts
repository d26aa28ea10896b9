import { luhnHolds } from './checksums.ts';
import type { DigitWindow } from './digit-groups.ts';
import { digitGroups, digitWindows, hasShape, isEven, isGlued, standsAlone } from './digit-groups.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, labelledBefore, labelledNear, namedOtherwise } from './labels.ts';
import type { Reading } from './reading.ts';

/** Issuer ranges: first and last prefix, and the lengths issued in them. */
const RANGES: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] = [
  ['4', '4', [13, 16, 19]], // Visa
  ['51', '55', [16]], // Mastercard
  ['2221', '2720', [16]],
  ['34', '34', [15]], // American Express
  ['37', '37', [15]],
  ['300', '305', [14, 16, 19]], // Diners Club
  ['3095', '3095', [14, 16, 19]],
  ['36', '36', [14, 16, 19]],
  ['38', '39', [14, 16, 19]],
  ['6011', '6011', [16, 19]], // Discover
  ['644', '649', [16, 19]],
  ['65', '65', [16, 19]], // Discover, RuPay
  ['60', '60', [16]], // RuPay
  ['508', '508', [16]],
  ['353', '353', [16]],
  ['356', '356', [16]],
  ['81', '82', [16, 17, 18, 19]],
  ['3528', '3589', [16, 17, 18, 19]], // JCB
  ['62', '62', [16, 17, 18, 19]], // UnionPay
  ['2200', '2204', [16, 17, 18, 19]], // Mir
  ['5018', '5018', [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro
  ['5020', '5020', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5038', '5038', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5893', '5893', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['6304', '6304', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['6759', '6759', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['6761', '6763', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5019', '5019', [16]], // Dankort
  ['9792', '9792', [16]], // Troy
  ['506099', '506198', [16, 19]], // Verve
  ['636368', '636368', [16]], // Elo
  ['636297', '636297', [16]],
  ['504175', '504175', [16]],
  ['1', '1', [15]], // UATP
];

const CARD = label([
  ...[
    'card',
    'cards',
    'card number',
    'credit card',
    'debit card',
    'creditcard',
    'visa',
    'mastercard',
    'master card',
  ],
  ...[
    'amex',
    'american express',
    'rupay',
    'maestro',
    'diners',
    'discover',
    'jcb',
    'unionpay',
    'cc',
    'कार्ड',
    'वीज़ा',
    'रुपे',
  ],
  ...['கார்டு', 'கார்ட்', 'அட்டை', 'కార్డ్', 'కార్డు'],
]);
const SHAPES = [
  '4-4-4-4',
  '4-4-4-4-3',
  '4-4-4-4-1',
  '4-4-4-4-2',
  '4-6-5',
  '4-6-4',
  '6-13',
  '8-8',
  '4-4-5',
  '4-4-4',
];

/** Payment cards: a real issuer range with a length issued in it, and Luhn's digit. */
export function detectCards(reading: Reading): readonly Finding[] {
  const windows = digitWindows(reading, digitGroups(reading), 12, 19, (joint) => /^ ?[ .-]? ?$/.test(joint));
  const found: Finding[] = [];
  for (const window of windows) {
    if (isCard(reading, window)) found.push(finding(reading, 'card', window.from, window.to));
  }
  return found;
}

function isCard(reading: Reading, window: DigitWindow): boolean {
  const { digits, from } = window;
  if (!isIssued(digits) || !luhnHolds(digits) || /^(\d)\1+$/.test(digits)) return false;
  if (!standsAlone(reading, from, window.to)) return false;
  if (labelledBefore(reading, from, CARD)) return true;
  if (isGlued(reading, from) || namedOtherwise(reading, from)) return false;
  // Twelve to fifteen digits are also what bar codes, phones and clocks are made of.
  const usual = digits.length >= 16 || /^3[47]/.test(digits) || isDiners(window) || isOldVisa(window);
  const grouped =
    window.shape.length === 1 || (isEven(window) && (hasShape(window, SHAPES) || isRegular(window)));
  return (usual && grouped) || labelledNear(reading, from, CARD, 40);
}

function isDiners(window: DigitWindow): boolean {
  return window.digits.length === 14 && hasShape(window, ['14', '4-6-4', '4-4-4-2']);
}

/** Thirteen digits alone, unless they are a bar code (EAN-13) by its own check digit. */
function isOldVisa(window: DigitWindow): boolean {
  if (!hasShape(window, ['13'])) return false;
  const sum = Array.from(window.digits).reduce(
    (so, digit, index) => so + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return sum % 10 !== 0;
}

/** Groups of one length, the last one perhaps shorter: a card read out in pairs or digit by digit. */
function isRegular(window: DigitWindow): boolean {
  const [first = 0, ...others] = window.shape;
  return (
    first <= 4 &&
    others.every((length, index) => length === first || (index === others.length - 1 && length < first))
  );
}

function isIssued(digits: string): boolean {
  return RANGES.some(([from, to, lengths]) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}
