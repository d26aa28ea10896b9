import { gstinCheck, luhnHolds, mod97Holds, verhoeffHolds } from '../../../activities/privacy/checksums.ts';
import type { DetectedKind } from '../../../contract/personal-data.ts';
import type { SeededRandom } from './random.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes one value as people write it. */
export type Maker = (random: SeededRandom) => string;

/** Tries last characters until a check holds. */
function completed(front: string, last: string, holds: (whole: string) => boolean): string {
  for (const character of last) if (holds(front + character)) return front + character;
  throw new Error(`nothing completes ${front}`);
}

function grouped(text: string, sizes: readonly number[], joint: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts.join(joint);
}

/** A card in the ranges that processors keep for tests, completed by Luhn's digit. */
function card(random: SeededRandom): string {
  const [prefix, length] = random.of<readonly [prefix: string, length: number]>([
    ['411111', 16],
    ['424242', 16],
    ['555555', 16],
    ['222300', 16],
    ['378282', 15],
    ['371449', 15],
    ['601111', 16],
    ['353011', 16],
    ['305693', 14],
    ['607482', 16],
    ['620000', 16],
  ]);
  const digits = completed(prefix + random.text(DIGITS, length - prefix.length - 1), DIGITS, luhnHolds);
  if (length === 15)
    return random.of([digits, grouped(digits, [4, 6, 5], ' '), grouped(digits, [4, 6, 5], '-')]);
  if (length === 14) return grouped(digits, [4, 6, 4], ' ');
  const fours = [4, 4, 4, 4];
  return random.of([
    digits,
    ...[' ', ' ', '-', '.', '\u00a0', '\u2011'].map((joint) => grouped(digits, fours, joint)),
    grouped(digits, [8, 8], '\u200b'),
  ]);
}

const BANKS = {
  GB: 'WEST123456',
  DE: '37040044',
  FR: '2004101005',
  NL: 'ABNA',
  ES: '21000418',
  AE: '033',
  BE: '539',
  CH: '00762',
  SA: '80',
} as const;
const ACCOUNTS = { GB: 8, DE: 10, FR: 13, NL: 10, ES: 12, AE: 16, BE: 9, CH: 12, SA: 18 } as const;

/** An IBAN of an example bank, completed by its check digits. */
function iban(random: SeededRandom): string {
  const country = random.of(['GB', 'DE', 'FR', 'NL', 'ES', 'AE', 'BE', 'CH', 'SA'] as const);
  const account = BANKS[country] + random.text(DIGITS, ACCOUNTS[country]);
  for (let check = 2; check <= 98; check += 1) {
    const whole = country + String(check).padStart(2, '0') + account;
    if (!mod97Holds(whole)) continue;
    const fours = Array.from({ length: Math.ceil(whole.length / 4) }, () => 4);
    return random.of([
      whole,
      grouped(whole, fours, ' '),
      grouped(whole, fours, ' '),
      grouped(whole, fours, '-'),
      whole.toLowerCase(),
    ]);
  }
  throw new Error('no check digits');
}

function aadhaar(random: SeededRandom): string {
  const digits = completed(random.text('23456789', 1) + random.text(DIGITS, 10), DIGITS, verhoeffHolds);
  const fours = [4, 4, 4];
  return random.of([digits, ...[' ', ' ', '-', '\u00a0'].map((joint) => grouped(digits, fours, joint))]);
}

function pan(random: SeededRandom): string {
  const holder = random.text('PPPPCHFABTLJG', 1);
  return (
    random.text(LETTERS, 3) +
    holder +
    random.text(LETTERS, 1) +
    random.text('123456789', 4) +
    random.text(LETTERS, 1)
  );
}

function gstin(random: SeededRandom): string {
  const state = random.of(['27', '29', '33', '36', '07', '09', '24', '32', '37'] as const);
  const front = `${state}${pan(random)}${random.text('123', 1)}Z`;
  return front + gstinCheck(front);
}

function ifsc(random: SeededRandom): string {
  return `${random.of(['HDFC', 'SBIN', 'ICIC', 'UTIB', 'KKBK', 'PUNB', 'CNRB', 'IDIB'] as const)}0${random.text(DIGITS, 6)}`;
}

const NAMES = [
  'priya',
  'rahul',
  'ananya',
  'karthik',
  'lakshmi',
  'john',
  'meena',
  'arjun',
  'fatima',
  'sita',
] as const;

function email(random: SeededRandom): string {
  const name = random.of(NAMES);
  const host = random.of([
    'example.com',
    'example.org',
    'mail.example.co.in',
    'example.in',
    'desk.example.net',
  ] as const);
  const local = random.of([
    name,
    `${name}.${random.of(NAMES)}`,
    `${name}+bills`,
    `${name}_${random.text(DIGITS, 2)}`,
    `${name.charAt(0)}.${random.of(NAMES)}-${random.text(DIGITS, 3)}`,
    name.toUpperCase(),
  ]);
  return `${local}@${host}`;
}

function upi(random: SeededRandom): string {
  const name = random.of([...NAMES]);
  const local = random.of([
    name,
    `${name}.${random.text(DIGITS, 3)}`,
    `98765${random.text(DIGITS, 5)}`,
    `${name}-1`,
  ]);
  return `${local}@${random.of(['okhdfcbank', 'oksbi', 'okaxis', 'okicici', 'ybl', 'paytm', 'upi', 'ibl', 'axl'] as const)}`;
}

/** Numbers from ranges kept for documentation and films; India keeps none, so its are made up. */
function phone(random: SeededRandom): string {
  const four = `01${random.text(DIGITS, 2)}`;
  const indian = `98765${random.text(DIGITS, 5)}`;
  const five = grouped(indian, [5, 5], ' ');
  const british = `0${random.text(DIGITS, 3)}`;
  return random.of([
    `(415) 555-${four}`,
    `+1 212 555 ${four}`,
    `+1-415-555-${four}`,
    `415-555-${four}`,
    `+91 ${five}`,
    `+91-${indian}`,
    `+91${indian}`,
    `(+91) ${five}`,
    indian,
    five,
    `0${indian}`,
    `+44 20 7946 ${british}`,
    `020 7946 ${british}`,
    `+44 7700 900${random.text(DIGITS, 3)}`,
    `+61 491 570 1${random.text('56', 1)}${random.text(DIGITS, 1)}`,
    `+33 1 99 00 ${random.text(DIGITS, 2)} ${random.text(DIGITS, 2)}`,
    `+49 30 23125 ${random.text(DIGITS, 3)}`,
    `044-2${random.text(DIGITS, 3)} ${random.text(DIGITS, 4)}`,
    `+971 50 123 ${random.text(DIGITS, 4)}`,
    `+65 8123 ${random.text(DIGITS, 4)}`,
    `+81 90-1234-${random.text(DIGITS, 4)}`,
  ]);
}

function passport(random: SeededRandom): string {
  return random.of([
    random.text('ABCEGHJKLMNPRSTUVZ', 1) + random.text('123456789', 1) + random.text(DIGITS, 6),
    random.text('ABCEGHJKLMNPRSTUVZ', 1) + random.text('123456789', 1) + random.text(DIGITS, 6),
    random.text('123456789', 1) + random.text(DIGITS, 8),
  ]);
}

function day(random: SeededRandom): readonly [day: string, month: string, year: string] {
  const padded = (number: number): string => String(number).padStart(2, '0');
  return [padded(1 + random.below(28)), padded(1 + random.below(12)), String(1950 + random.below(55))];
}

function birthDate(random: SeededRandom): string {
  const [date, month, year] = day(random);
  return random.of([
    `${date}/${month}/${year}`,
    `${date}-${month}-${year}`,
    `${year}-${month}-${date}`,
    `${date}.${month}.${year}`,
  ]);
}

/** Keys in the form of their vendors; every character behind the prefix is made up here. */
function secret(random: SeededRandom): string {
  return random.of([
    `sk-${random.text(KEY, 40)}`,
    `sk-proj-${random.text(KEY, 44)}`,
    `ghp_${random.text(KEY, 36)}`,
    `AKIA${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    `AIza${random.text(KEY, 35)}`,
    `xoxb-${random.text(DIGITS, 12)}-${random.text(KEY, 24)}`,
    `glpat-${random.text(KEY, 20)}`,
    `eyJ${random.text(KEY, 30)}.eyJ${random.text(KEY, 40)}.${random.text(KEY, 43)}`,
    `rzp_test_${random.text(KEY, 14)}`,
    `npm_${random.text(KEY, 36)}`,
  ]);
}

/** A maker for each kind that detectors find. */
export const makers: Readonly<Record<DetectedKind, Maker>> = {
  card,
  iban,
  aadhaar,
  pan,
  gstin,
  ifsc,
  email,
  upi,
  phone,
  passport,
  'birth-date': birthDate,
  secret,
};

/** Makers of what looks like personal data and is none. */
export const harmless: Readonly<Record<string, Maker>> = {
  order: (random) =>
    random.of([
      `ORD-2024-${random.text(DIGITS, 6)}`,
      `#W${random.text('123456789', 7)}`,
      `9${random.text(DIGITS, 9)}`,
      `OD${random.text(DIGITS, 18)}`,
      `171-${random.text(DIGITS, 7)}-${random.text(DIGITS, 7)}`,
    ]),
  invoice: (random) =>
    random.of([
      `INV-2024-${random.text(DIGITS, 6)}`,
      `INV/24-25/${random.text(DIGITS, 5)}`,
      `2024${random.text(DIGITS, 8)}`,
    ]),
  tracking: (random) =>
    random.of([
      `1Z999AA1${random.text(DIGITS, 10)}`,
      `EE${random.text(DIGITS, 9)}IN`,
      `7${random.text(DIGITS, 11)}`,
      `94${random.text(DIGITS, 20)}`,
    ]),
  price: (random) =>
    random.of([
      `₹1,${random.text(DIGITS, 2)},456.78`,
      `$${random.text('123456789', 1)},${random.text(DIGITS, 3)}.99`,
      `Rs. ${random.text('123456789', 5)}`,
      `₹${random.text('6789', 1)}${random.text(DIGITS, 9)}`,
      `€ 1.${random.text(DIGITS, 3)},50`,
    ]),
  version: (random) =>
    `${random.text('123', 1)}.${random.text(DIGITS, 2)}.${random.text('123456789', 1)}-rc.${random.text('123', 1)}`,
  time: (random) =>
    random.of([
      `2024-0${random.text('123456789', 1)}-1${random.text(DIGITS, 1)}T10:30:00.000Z`,
      `1${random.text('01', 1)}:${random.text('12345', 1)}0`,
      `17${random.text(DIGITS, 11)}`,
    ]),
  date: (random) => {
    const [date, month] = day(random);
    return random.of([`${date}/${month}/2024`, `2024-${month}-${date}`, `${date}-${month}-2023`]);
  },
  uuid: (random) => {
    const hex = '0123456789abcdef';
    return grouped(
      random.text(hex, 8) + random.text(hex, 3) + '4' + random.text(hex, 19),
      [8, 4, 4, 4, 12],
      '-',
    ).slice(0, 36);
  },
  /** Sixteen digits in fours whose last digit is wrong. */
  notCard: (random) => {
    const front = `4${random.text(DIGITS, 14)}`;
    return grouped(
      completed(front, DIGITS, (digits) => !luhnHolds(digits)),
      [4, 4, 4, 4],
      ' ',
    );
  },
  notAadhaar: (random) => {
    const front = random.text('23456789', 1) + random.text(DIGITS, 10);
    return grouped(
      completed(front, DIGITS, (digits) => !verhoeffHolds(digits)),
      [4, 4, 4],
      ' ',
    );
  },
  notIban: (random) =>
    `GB00 WEST 1234 56${random.text(DIGITS, 2)} ${random.text(DIGITS, 4)} ${random.text(DIGITS, 2)}`,
  notGstin: (random) => {
    const front = `27${pan(random)}1Z`;
    return completed(front, LETTERS, (whole) => gstinCheck(front) !== whole.charAt(14));
  },
  sha: (random) => random.text('0123456789abcdef', 40),
  handle: (random) => `@${random.of(NAMES)}${random.text(DIGITS, 2)}`,
  address: (random) =>
    `10.${random.text('123456789', 2)}.${random.text('12', 1)}.${random.text('123456789', 2)}`,
  pnr: (random) => `${random.text('248', 1)}${random.text(DIGITS, 9)}`,
  pin: (random) => `${random.text('123456', 1)}${random.text(DIGITS, 5)}`,
};
