import type { PersonalDataKind } from '../../contract/personal-data.ts';
import { detectPersonalData } from './detect.ts';
import type { Finding } from './finding.ts';
import { read } from './reading.ts';

/** A text without personal data, and what was masked in it. */
export interface MaskedText {
  readonly text: string;
  /** Kinds of what was masked, each as often as it was. */
  readonly kinds: readonly PersonalDataKind[];
}

/** Detection runs again on what it masked, until nothing is found; hostile text gets this many rounds. */
const ROUNDS = 8;

/**
 * A text with all that detectors find masked. Masking what was masked changes nothing: it goes on until nothing is
 * found, and what hostile text might still hold after that is masked digit by digit.
 * @param kinds only these; all when absent
 */
export function maskText(text: string, kinds?: readonly PersonalDataKind[]): MaskedText {
  const masked: PersonalDataKind[] = [];
  let current = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = detectPersonalData(current).filter((one) => !kinds || kinds.includes(one.kind));
    if (found.length === 0) return { text: current, kinds: masked };
    masked.push(...found.map((one) => one.kind));
    current = replaced(current, found);
  }
  return { text: current.replace(/\p{Nd}/gu, '*'), kinds: masked };
}

function replaced(text: string, found: readonly Finding[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const one of found) {
    parts.push(text.slice(at, one.start), maskValue(one.kind, text.slice(one.start, one.end)));
    at = one.end;
  }
  return [...parts, text.slice(at)].join('');
}

/**
 * The mask of one value: what people need to tell one from another, and no more. Nothing masked can be had back
 * from it, and a mask's own mask is itself.
 *
 * Cards, phones, IBANs and Aadhaar keep their last four digits, where there are at least eight to lose; an e-mail
 * or UPI address its first letter and its domain; PAN and GSTIN their last three characters; an IFSC its bank; a
 * passport its last two; a name its first letter. Secrets, dates of birth and addresses keep nothing.
 */
export function maskValue(kind: PersonalDataKind, value: string): string {
  const { text } = read(value);
  switch (kind) {
    case 'card':
    case 'phone':
    case 'iban':
    case 'aadhaar':
      return lastOf(text, 4, 8);
    case 'pan':
    case 'gstin':
      return lastOf(text, 3, 8);
    case 'passport':
      return lastOf(text, 2, 6);
    case 'email':
    case 'upi':
      return maskedAddress(text);
    case 'ifsc':
      return /^[A-Za-z]{4}/.test(text) ? `${text.slice(0, 4)}***` : '***';
    case 'name':
      return `${/^[\p{L}\p{N}]\p{M}*/u.exec(text)?.[0] ?? ''}***`;
    case 'secret':
    case 'birth-date':
    case 'address':
    case 'other':
      return '***';
    default:
      return kind satisfies never;
  }
}

const MARK = '****';

/** Keeps the last so many letters and digits, where at least `least` are there in all. */
function lastOf(text: string, count: number, least: number): string {
  if (text.startsWith(MARK)) {
    const kept = text.slice(MARK.length);
    if (kept.length <= count && /^[A-Za-z0-9]*$/.test(kept)) return text;
  }
  const plain = text.replace(/[^A-Za-z0-9]/g, '');
  return plain.length < least ? MARK : MARK + plain.slice(-count);
}

function maskedAddress(text: string): string {
  const at = text.lastIndexOf('@');
  if (at < 0) return '***';
  const first = /^[\p{L}\p{N}]\p{M}*/u.exec(text)?.[0] ?? '';
  return `${first}***${text.slice(at)}`;
}
