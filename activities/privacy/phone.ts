import type { CountryCode } from 'libphonenumber-js/max';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { DigitWindow } from './digit-groups.ts';
import { digitGroups, digitWindows, hasShape, isEven, isGlued, standsAlone } from './digit-groups.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, labelledAfter, labelledBefore, namedOtherwise } from './labels.ts';
import type { Reading } from './reading.ts';

const PHONE = label([
  ...[
    'phone',
    'phone number',
    'ph',
    'telephone',
    'tel',
    'mobile',
    'mob',
    'cell',
    'cellphone',
    'cell phone',
    'call',
  ],
  ...[
    'contact',
    'contact number',
    'whatsapp',
    'wa.me',
    'sms',
    'text',
    'dial',
    'ring',
    'reach',
    'fax',
    'landline',
  ],
  ...['helpline', 'handset', 'my number', 'mera number', 'mera no', 'phone no', 'callback', 'call back'],
  ...['phoned', 'called', 'dialled', 'msisdn', 'tél', 'téléphone', 'telefon', 'teléfono', 'handy'],
  ...[
    'फोन',
    'फ़ोन',
    'मोबाइल',
    'मोबाईल',
    'कॉल',
    'संपर्क',
    'व्हाट्सएप',
    'व्हाट्सऐप',
    'दूरभाष',
    'मेरा नंबर',
    'मेरा नम्बर',
    'टेलीफोन',
  ],
  ...['தொலைபேசி', 'மொபைல்', 'அலைபேசி', 'கைபேசி', 'போன்', 'ஃபோன்', 'வாட்ஸ்அப்', 'தொடர்பு', 'அழை', 'என் எண்', 'கைப்பேசி'],
  ...['ఫోన్', 'ఫోను', 'మొబైల్', 'సెల్', 'వాట్సాప్', 'సంప్రదించ', 'కాల్', 'నా నంబర్', 'నా నెంబర్', 'చరవాణి', 'టెలిఫోన్'],
]);

/** Countries whose numbers are written with a leading zero at home; tried where the text does not say which. */
const TRUNK_ZERO: readonly CountryCode[] = [
  ...([
    'IN',
    'GB',
    'AU',
    'FR',
    'NL',
    'JP',
    'ZA',
    'NZ',
    'IE',
    'CH',
    'PK',
    'BD',
    'LK',
    'AE',
    'MY',
    'BE',
    'SE',
  ] as const),
];
/** Countries tried where a label says that it is a phone. */
const LABELLED: readonly CountryCode[] = [
  'IN',
  'US',
  'GB',
  'DE',
  'ES',
  'IT',
  'SG',
  'BR',
  'NP',
  'PL',
  'MX',
  ...TRUNK_ZERO,
];

const INDIAN = /^(?:0|91|091|0091)?[6-9]\d{9}$/;
const INDIAN_SHAPES = [
  '10',
  '5-5',
  '3-3-4',
  '4-3-3',
  '4-6',
  '3-7',
  '2-4-4',
  '2-8',
  '6-4',
  '4-2-4',
  '5-3-2',
  '5-2-3',
];
/** By shape alone: numbers in examples and films seldom lie in an assigned range. */
const AMERICAN = /^1?[2-9]\d{9}$/;
const FIXED_INDIAN_SHAPES = [
  '4-3-4',
  '4-4-3',
  '4-3-3',
  '3-3-4',
  '4-7',
  '3-8',
  '3-4-4',
  '4-6',
  '5-6',
  '5-3-3',
];

/** Digits of a phone number anywhere (E.164), and of the shortest that is believed. */
const digitsOf = { least: 7, most: 17 } as const;

/**
 * Phone numbers of any country. A number with `+` or `00` speaks for itself; national forms are believed where
 * their grouping is that of a phone, and any other form where a label says so.
 */
export function detectPhones(reading: Reading): readonly Finding[] {
  const groups = digitGroups(reading);
  const found: Finding[] = [];
  let covered = 0;
  for (const window of digitWindows(reading, groups, digitsOf.least, digitsOf.most, isPhoneJoint)) {
    // Windows come the longest first: what lies in one that was believed is a part of it.
    if (window.to <= covered || window.from < covered) continue;
    const from = numberStart(reading, window);
    if (!standsAlone(reading, from, window.to) || !isBalanced(reading, from, window.to)) continue;
    if (!isPhone(reading, window, from)) continue;
    found.push(finding(reading, 'phone', from, window.to));
    covered = window.to;
  }
  return found;
}

function isPhoneJoint(between: string): boolean {
  return between !== '\n' && (/[()]/.test(between) || /^ {0,2}[-./]? ?$/.test(between));
}

/** Takes in `+`, and a bracket in front of the first digit that closes inside the number. */
function numberStart(reading: Reading, window: DigitWindow): number {
  const { text } = reading;
  const front =
    /(?:\(\+|\+ ?\(|\+ ?|\()$/.exec(text.slice(Math.max(0, window.from - 3), window.from))?.[0] ?? '';
  const inside = text.slice(window.from, window.to);
  const closes = /^[^(]*\)/.test(inside);
  return window.from - (closes ? front.length : front.replace(/^\(/, '').length);
}

function isBalanced(reading: Reading, from: number, to: number): boolean {
  let open = 0;
  for (const character of reading.text.slice(from, to)) {
    if (character === '(') open += 1;
    if (character === ')') open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

function isPhone(reading: Reading, window: DigitWindow, from: number): boolean {
  const { digits } = window;
  if (/^(\d)\1+$/.test(digits) || isDateOrTime(window)) return false;
  const front = reading.text.slice(from, window.from);
  if (front.includes('+')) return isInternational(window);
  if (/^00[1-9]/.test(digits) && digits.length >= 11 && isValid(`+${digits.slice(2)}`)) return true;
  if (labelledBefore(reading, from, PHONE)) return isLabelled(window);
  if (isGlued(reading, from) || namedOtherwise(reading, from) || isMeasured(reading, window.to)) return false;
  if (isIndianMobile(window)) return true;
  if (!hasSlash(window) && isNational(reading, window, from)) return true;
  return labelledAfter(reading, window.to, PHONE) && window.digits.length >= 10 && isLabelled(window);
}

/** `(0)` of an international number is for callers at home. */
function isInternational(window: DigitWindow): boolean {
  const { digits, shape } = window;
  const plain = shape.length > 2 && shape[1] === 1 && digits.charAt(shape[0] ?? 0) === '0';
  const number = plain ? digits.slice(0, shape[0]) + digits.slice((shape[0] ?? 0) + 1) : digits;
  if (isValid(`+${number}`)) return true;
  // Ranges kept for books and films are possible, never assigned.
  const parsed = parsePhoneNumberFromString(`+${number}`);
  return number.length >= 9 && parsed?.isPossible() === true;
}

function isValid(text: string, country?: CountryCode): boolean {
  return parsePhoneNumberFromString(text, country)?.isValid() === true;
}

function isLabelled(window: DigitWindow): boolean {
  const { digits } = window;
  // Seven digits are a whole number within one American area.
  if (hasShape(window, ['3-4']) && /^[2-9]/.test(digits)) return true;
  if (digits.length > 15) return false;
  if (digits.length >= 10 && digits.length <= 13 && window.shape.length <= 4) return true;
  return LABELLED.some((country) => {
    const parsed = parsePhoneNumberFromString(digits, country);
    return parsed?.isValid() === true;
  });
}

function isIndianMobile(window: DigitWindow): boolean {
  const { digits, shape } = window;
  if (!INDIAN.test(digits) || !isEven(window) || hasSlash(window)) return false;
  const prefix = digits.length - 10;
  const first = shape[0] ?? 0;
  const rest = prefix > 0 && first === prefix ? shape.slice(1) : [first - prefix, ...shape.slice(1)];
  return INDIAN_SHAPES.includes(rest.join('-')) || shape.every((length) => length === 1);
}

function hasSlash(window: DigitWindow): boolean {
  return window.joints.some((joint) => joint.includes('/'));
}

function isNational(reading: Reading, window: DigitWindow, from: number): boolean {
  const { digits } = window;
  const bracketed = reading.text.charAt(from) === '(';
  if (
    AMERICAN.test(digits) &&
    (hasShape(window, ['3-3-4', '1-3-3-4']) || (bracketed && hasShape(window, ['3-7'])))
  )
    return true;
  if (hasShape(window, ['4-3-4', '4-3-3', '4-6', '4-7']) && /^1[89]\d\d/.test(digits))
    return isValid(digits, 'IN');
  if (!digits.startsWith('0') || digits.length < 10 || digits.length > 12 || window.shape.length < 2)
    return false;
  if (hasShape(window, FIXED_INDIAN_SHAPES) && isValid(digits, 'IN')) return true;
  return TRUNK_ZERO.some((country) => isValid(digits, country));
}

const DATE_SHAPES = [
  '2-2-4',
  '4-2-2',
  '2-2-4-2',
  '4-2-2-2',
  '2-2-4-4',
  '4-2-2-4',
  '4-2-2-6',
  '1-1-4',
  '1-2-4',
  '2-1-4',
];

/** Dates with and without a time, and years side by side. */
function isDateOrTime(window: DigitWindow): boolean {
  if (!hasShape(window, DATE_SHAPES) && !hasShape(window, ['8', '4-4'])) return false;
  const { digits, shape } = window;
  if (hasShape(window, ['4-4'])) return /^(?:19|20)\d\d(?:19|20)\d\d$/.test(digits);
  if (shape[0] === 4 || shape[0] === 8) return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d/.test(digits);
  const year = digits.slice((shape[0] ?? 0) + (shape[1] ?? 0), (shape[0] ?? 0) + (shape[1] ?? 0) + 4);
  return /^(?:19|20)\d\d$/.test(year);
}

const UNIT =
  /^ ?(?:rs|rupees|rupee|inr|usd|eur|dollars|euros|pounds|km|kms|kg|points|items|units|bytes|mb|gb|ms|seconds|people|steps|views|रुपये|रुपए|रूपये|ரூபாய்|ரூ|రూపాయలు|రూపాయల)(?![a-z])/u;

function isMeasured(reading: Reading, to: number): boolean {
  return UNIT.test(reading.lower.slice(to, to + 16));
}
