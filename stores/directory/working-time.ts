import { DateTime } from 'luxon';
import type { Hours } from './people-schema.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** Days to look ahead: a place that is closed for longer is not one that opens again. */
const HORIZON = 400;

interface Span {
  readonly from: number;
  readonly until: number;
}

/** Whether people work at an instant. Without hours they always do. */
export function isOpen(hours: Hours | undefined, at: number): boolean {
  if (!hours) return true;
  const [first] = spansFrom(hours, at);
  return first !== undefined && first.from <= at;
}

/** When people work next, from an instant on; undefined where they never do. */
export function opensAt(hours: Hours | undefined, at: number): number | undefined {
  if (!hours) return at;
  const [first] = spansFrom(hours, at);
  return first?.from;
}

/**
 * The instant at which so much working time has passed, in milliseconds.
 * @returns undefined where that never happens
 */
export function afterWorking(hours: Hours | undefined, from: number, ms: number): number | undefined {
  if (!hours) return from + ms;
  let left = ms;
  for (const span of spansFrom(hours, from)) {
    const length = span.until - span.from;
    if (left <= length) return span.from + left;
    left -= length;
  }
  return undefined;
}

/** What is left of spans of work from an instant on, in order and without overlaps. */
function* spansFrom(hours: Hours, at: number): Generator<Span, void, undefined> {
  const today = DateTime.fromMillis(at, { zone: hours.zone }).startOf('day');
  let covered = at;
  // From yesterday on: a night shift that began then may still be at work.
  for (let ahead = -1; ahead < HORIZON; ahead += 1) {
    const day = today.plus({ days: ahead });
    for (const span of spansOf(hours, day)) {
      const from = Math.max(span.from, covered);
      if (span.until <= from) continue;
      yield { from, until: span.until };
      covered = span.until;
    }
  }
}

function spansOf(hours: Hours, day: DateTime): readonly Span[] {
  const name = DAYS[day.weekday - 1];
  if (name === undefined || (hours.closed ?? []).includes(day.toISODate() ?? '')) return [];
  return (hours.days[name] ?? [])
    .map((text) => {
      const [begin = '', end = ''] = text.split('-');
      const later = end <= begin ? day.plus({ days: 1 }) : day;
      return { from: clock(day, begin), until: clock(later, end) };
    })
    .toSorted((left, right) => left.from - right.from);
}

/** An instant by the clock of a place: what the change to summer time leaves out comes an hour later. */
function clock(day: DateTime, text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number);
  return hour === 24
    ? day.plus({ days: 1 }).startOf('day').toMillis()
    : day.set({ hour, minute, second: 0, millisecond: 0 }).toMillis();
}
