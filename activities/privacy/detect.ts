import { sha256Hex } from '../../contract/digest.ts';
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
 * Digests of the last texts that hold nothing: turn after turn the same ones are masked, and a digest takes a
 * thirtieth of the time. Of texts that hold something nothing is remembered, not even where (M11).
 */
const harmless = new Set<string>();
const HARMLESS_KEPT = 20_000;

/**
 * Personal data in free text: every family's findings, each character in at most one, in order of the text. The same
 * for the same text, without network, linear in the length of the text.
 */
export function detectPersonalData(text: string): readonly Finding[] {
  // The shortest of all, a date such as 1/2/90, has six characters.
  if (text.length < 5) return [];
  const digest = sha256Hex(text);
  if (harmless.has(digest)) return [];
  const reading = read(text);
  const found = resolveOverlaps(DETECTORS.flatMap((detect) => detect(reading)));
  if (found.length === 0) rememberHarmless(digest);
  return found;
}

function rememberHarmless(digest: string): void {
  const [oldest] = harmless;
  if (harmless.size >= HARMLESS_KEPT && oldest !== undefined) harmless.delete(oldest);
  harmless.add(digest);
}
