/** Today of every dialogue of the data set: a Friday. */
const TODAY = { year: 2019, month: 3, day: 1 } as const;

const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september'],
  ...['october', 'november', 'december'],
];
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/**
 * The regular form of a date, a time or a small number in English words, as the data set writes it: `2019-03-09` for
 * `the 9th`, `14:30` for `2:30 pm`, `2` for `two`.
 * @param text lower case
 * @returns undefined for anything else
 */
export function regularForm(text: string): string | undefined {
  const number = NUMBERS.indexOf(text);
  return number >= 0 ? String(number) : (dateOf(text) ?? timeOf(text));
}

function dateOf(text: string): string | undefined {
  if (/^(later |earlier )?today$|^(this|tonight)( morning| afternoon| evening)?$/.test(text))
    return inDays(0);
  if (/^(the )?day after tomorrow$/.test(text)) return inDays(2);
  if (/^tomorrow( morning| afternoon| evening)?$/.test(text)) return inDays(1);
  const ordinal = /^(?:the )?(\d{1,2})(?:st|nd|rd|th)(?: of (?:this month|the month))?$/.exec(text);
  if (ordinal) return written(TODAY.month, Number(ordinal[1]));
  const dayFirst = /^(?:the )?(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+)$/.exec(text);
  const monthFirst = /^([a-z]+) (?:the )?(\d{1,2})(?:st|nd|rd|th)?$/.exec(text);
  const [day, month] = dayFirst ? [dayFirst[1], dayFirst[2]] : [monthFirst?.[2], monthFirst?.[1]];
  const place = MONTHS.indexOf(month ?? '');
  return place >= 0 ? written(place + 1, Number(day)) : weekdayOf(text);
}

/** `next friday` and `friday next week` are in the week that begins on Sunday after next; `this saturday` comes next. */
function weekdayOf(text: string): string | undefined {
  const match = /^(next |this |on )?([a-z]+day)( next week| this week)?$/.exec(text);
  const day = DAYS.indexOf(match?.[2] ?? '');
  if (!match || day < 0) return undefined;
  const today = new Date(Date.UTC(TODAY.year, TODAY.month - 1, TODAY.day)).getUTCDay();
  const nextWeek = match[1] === 'next ' || match[3] === ' next week';
  return nextWeek ? inDays(7 - today + day) : inDays((day - today + 7) % 7);
}

function timeOf(text: string): string | undefined {
  const match =
    /^(?:(?:morning|afternoon|evening|at) )?(\d{1,2})(?:[:.](\d{2}))?(?: o'clock)?(?: (?:in the )?(am|pm|a\.m\.|p\.m\.|morning|afternoon|evening))?$/.exec(
      text,
    );
  if (!match || (match[2] === undefined && match[3] === undefined && !/^[a-z]/.test(text))) return undefined;
  const late = /^(pm|p\.m\.|afternoon|evening)$/.test(match[3] ?? '') || /^(afternoon|evening)/.test(text);
  const hour =
    (Number(match[1]) % 12) + (late || (Number(match[1]) >= 12 && match[3] === undefined) ? 12 : 0);
  return `${String(hour).padStart(2, '0')}:${match[2] ?? '00'}`;
}

function inDays(days: number): string {
  return new Date(Date.UTC(TODAY.year, TODAY.month - 1, TODAY.day + days)).toISOString().slice(0, 10);
}

function written(month: number, day: number): string | undefined {
  if (day < 1 || day > 31) return undefined;
  return `${String(TODAY.year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
