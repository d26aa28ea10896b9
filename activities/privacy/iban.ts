import { collect } from './characters.ts';
import { mod97Holds } from './checksums.ts';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

/** Lengths by country, from the registry of ISO 13616. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 ' +
    'LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 ' +
    'PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** IBANs: the length of the country's, and a remainder of one modulo 97 (ISO 13616). */
export function detectIbans(reading: Reading): readonly Finding[] {
  const found: Finding[] = [];
  for (const match of reading.text.matchAll(/[a-zA-Z]{2}[ -]?\d{2}/g)) {
    const from = match.index;
    const length = LENGTHS[match[0].slice(0, 2).toUpperCase()];
    if (length === undefined || !beginsWord(reading, from)) continue;
    const collected = collect(reading, from, length);
    if (!collected || !mod97Holds(collected.value) || !endsWord(reading, collected.to)) continue;
    found.push(finding(reading, 'iban', from, collected.to));
  }
  return found;
}
