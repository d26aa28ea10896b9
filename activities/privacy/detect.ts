import { detectAadhaar } from './aadhaar.ts';
import { detectBirthDates } from './birth-date.ts';
import { detectCards } from './card.ts';
import { detectEmails } from './email.ts';
import type { Detector, Finding } from './finding.ts';
import { detectGstins } from './gstin.ts';
import { detectIbans } from './iban.ts';
import { detectIfscCodes } from './ifsc.ts';
import { resolveOverlaps } from './overlaps.ts';
import { detectPans } from './pan.ts';
import { detectPassports } from './passport.ts';
import { detectPhones } from './phone.ts';
import { read } from './reading.ts';
import { detectSecrets } from './secret.ts';
import { detectUpiIds } from './upi.ts';

const DETECTORS: readonly Detector[] = [
  detectSecrets,
  detectEmails,
  detectUpiIds,
  detectIbans,
  detectCards,
  detectGstins,
  detectAadhaar,
  detectPans,
  detectIfscCodes,
  detectPassports,
  detectBirthDates,
  detectPhones,
];

/**
 * Personal data in free text: every family's findings, each character in at most one, in order of the text. Pure,
 * without network, linear in the length of the text.
 */
export function detectPersonalData(text: string): readonly Finding[] {
  // The shortest of all, a date such as 1/2/90, has six characters.
  if (text.length < 5) return [];
  const reading = read(text);
  return resolveOverlaps(DETECTORS.flatMap((detect) => detect(reading)));
}
