import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { Reading } from './reading.ts';
import { beginsWord, endsWord } from './reading.ts';

const LABELS_BEFORE =
  /(?<![\p{L}\p{M}])(?:d\.? ?o\.? ?b\.?(?![a-z])|(?:date|day|year) of (?:my |his |her |their )?birth|birth ?-?_?(?:date|day)s?|birth_?date|born|b'day|bday|geburtsdatum|né le|née le|janm|janam|paida|जन्म|पैदा|பிறந்த|பிறப்பு|பிறந்தேன்|பிறந்தநாள்|పుట్టిన|పుట్టాను|జన్మ|పుట్టినరోజు|జన్మించ)/gu;
const LABELS_AFTER =
  /^[\s)('"-]*(?:को|में|के|का|ko|ko mera|mein|அன்று|ஆம்|ஆம் தேதி|அன்றுதான்|இல்|ல்|ன|న|నాడు|తేదీన|తేదీ|తేది|as my|is my|is the|was my|is his|is her|was the|मेरी|मेरा|उनका|उनकी|mera|meri|என்|எனது|என்னுடைய|నా|నేను|நான்|मैं|main|हुआ|தேதி|तारीख|[\s(–:-])*(?:d\.?o\.?b(?![a-z])|date of birth|birth ?date|birthday|born|जन्म|पैदा|janm|janam|paida|பிறந்த|பிறந்தேன்|பிறப்பு|పుట్టిన|పుట్టాను|పుట్టారు|జన్మించ|జన్మ)/u;

const MONTHS =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?' +
  '|जनवरी|फ़?रवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|दिसंबर|दिसम्बर' +
  '|ஜனவரி|பிப்ரவரி|மார்ச்|ஏப்ரல்|மே|ஜூன்|ஜூலை|ஆகஸ்ட்|ஆகஸ்டு|செப்டம்பர்|அக்டோபர்|நவம்பர்|டிசம்பர்' +
  '|జనవరి|ఫిబ్రవరి|మార్చి|ఏప్రిల్|మే|జూన్|జులై|జూలై|ఆగస్టు|ఆగష్టు|సెప్టెంబర్|సెప్టెంబరు|అక్టోబర్|అక్టోబరు|నవంబర్|నవంబరు|డిసెంబర్|డిసెంబరు';
const DATE = new RegExp(
  [
    String.raw`(?:19|20)\d\d ?[-/.] ?\d{1,2} ?[-/.] ?\d{1,2}`,
    String.raw`\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?(?:(?:19|20)\d\d|\d\d)`,
    String.raw`\d{1,2} \d{1,2} (?:19|20)\d\d`,
    String.raw`\d{1,2}(?:st|nd|rd|th)?(?: of)?[ -./]?(?:${MONTHS})\.?,?[ -./]?(?:(?:19|20)\d\d|'?\d\d)`,
    String.raw`(?:${MONTHS})\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d`,
    String.raw`(?:(?:19|20)\d\d)[ ,-]{1,2}(?:${MONTHS})[ -]\d{1,2}`,
    String.raw`(?:19|20)\d{6}`,
  ].join('|'),
  'gu',
);
/** How far behind the label the date may stand, and words that say the date is of something else. */
const REACH = 48;
const ELSE =
  /order|deliver|ship|expir|issue|book|paid|pay(?:ment)?|until|valid|appointment|joined|travel|purchase|bought|invoice|due|ऑर्डर|डिलीवरी|भुगतान|ஆர்டர்|டெலிவரி|ఆర్డర్|డెలివరీ|certificate|party|gift|cake|offer|sale|discount/u;

/** Dates of birth where a label says so, before the date or behind it: a date alone is nobody's. */
export function detectBirthDates(reading: Reading): readonly Finding[] {
  const { lower } = reading;
  const found: Finding[] = [];
  const labels: number[] = [];
  for (const match of lower.matchAll(LABELS_BEFORE)) labels.push(match.index + match[0].length);
  let next = 0;
  let last = -1;
  for (const match of lower.matchAll(DATE)) {
    const from = match.index;
    const to = from + match[0].length;
    while (next < labels.length && (labels[next] ?? 0) <= from) {
      last = labels[next] ?? -1;
      next += 1;
    }
    if (!isDay(match[0]) || !beginsWord(reading, from) || !endsDate(reading, to)) continue;
    const between = last >= 0 && from - last <= REACH ? lower.slice(last, from) : undefined;
    const labelled =
      between !== undefined &&
      !ELSE.test(between) &&
      !/[.!?।]\s|\n|\d{4}/u.test(between.replace(/^[.\s]+/, ''));
    if (labelled || LABELS_AFTER.test(lower.slice(to, to + 60)))
      found.push(finding(reading, 'birth-date', from, to));
  }
  return found;
}

/** A Telugu or Tamil ending may be written onto the year: "1987న", "1987-ல்". */
function endsDate(reading: Reading, to: number): boolean {
  const after = reading.text.slice(to, to + 2);
  if (/^[-/.]\d/.test(after)) return false;
  return endsWord(reading, to) || /^\p{Lo}/u.test(after);
}

/** No part of it is out of every calendar's range. */
function isDay(text: string): boolean {
  const numbers = (text.match(/\d+/g) ?? []).map(Number);
  if (numbers.length === 1 && /^\d{8}$/.test(text)) {
    return Number(text.slice(4, 6)) <= 12 && Number(text.slice(6)) <= 31 && Number(text.slice(4, 6)) > 0;
  }
  const small = numbers.filter((number) => number < 100);
  return (
    small.every((number, index) => number <= 31 || index === numbers.length - 1) &&
    small.some((number) => number > 0)
  );
}
