import { detectPersonalData } from '../../../activities/privacy/detect.ts';
import type { PersonalDataKind } from '../../../contract/personal-data.ts';
import { personalDataKinds } from '../../../contract/personal-data.ts';
import type { LabelledSpan, LabelledText } from './labelled-file.ts';

/** What came of one labelled text: the spans missed, and those found where nothing was labelled so. */
export interface TextReport {
  readonly id: string;
  readonly missed: readonly LabelledSpan[];
  readonly extra: readonly LabelledSpan[];
  readonly right: readonly LabelledSpan[];
  /** Of `extra`, those that touch no labelled span at all: alarms on order numbers, prices and the like. */
  readonly falseAlarms: number;
}

/** Figures of one kind. Precision is 1 where nothing was found, recall 1 where nothing was expected. */
export interface KindFigures {
  readonly precision: number;
  readonly recall: number;
  readonly expected: number;
  readonly found: number;
  readonly right: number;
}

/** The last line with `--json`. */
export interface Totals {
  readonly strings: number;
  /** Kinds that were expected or found. */
  readonly kinds: Readonly<Partial<Record<PersonalDataKind, KindFigures>>>;
  readonly falseAlarms: number;
  /** Ids of texts with anything missed or extra. */
  readonly failed: readonly string[];
}

/** Judges the detectors on one labelled text. Each labelled span matches at most one found, and the other way round. */
export function judge(one: LabelledText): TextReport {
  const left = [...detectPersonalData(one.text)];
  const right: LabelledSpan[] = [];
  const missed: LabelledSpan[] = [];
  for (const span of one.spans) {
    const at = left.findIndex((found) => matches(one.text, span, found));
    if (at < 0) missed.push(span);
    else right.push(...left.splice(at, 1));
  }
  const falseAlarms = left.filter((found) => one.spans.every((span) => !touches(span, found))).length;
  return { id: one.id, missed, extra: left, right, falseAlarms };
}

/**
 * The matching rule: the same kind, and the same characters. Marks and spaces at either end do not count, and a
 * label in front may be inside one of the two: "PAN: ABCPE1234F" matches "ABCPE1234F".
 */
export function matches(text: string, a: LabelledSpan, b: LabelledSpan): boolean {
  if (a.kind !== b.kind) return false;
  const [first, second] = [trimmed(text, a), trimmed(text, b)];
  if (first.end !== second.end) return false;
  const between = text.slice(Math.min(first.start, second.start), Math.max(first.start, second.start));
  return between === '' || (between.length <= 40 && !/\p{N}/u.test(between) && /[\s:=#"'`]$/.test(between));
}

function trimmed(text: string, span: LabelledSpan): { readonly start: number; readonly end: number } {
  let { start, end } = span;
  while (start < end && EDGE.test(text.charAt(start))) start += 1;
  while (end > start && EDGE.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}

/** Half a surrogate pair is no mark: it may be half a digit. */
const EDGE = /[^\p{L}\p{M}\p{N}\p{Cs}]/u;

function touches(a: LabelledSpan, b: LabelledSpan): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Adds up the reports of all texts. */
export function totalsOf(reports: readonly TextReport[]): Totals {
  const kinds: Partial<Record<PersonalDataKind, KindFigures>> = {};
  for (const kind of personalDataKinds()) {
    const figures = figuresOf(reports, (span) => span.kind === kind);
    if (figures.expected > 0 || figures.found > 0) kinds[kind] = figures;
  }
  return {
    strings: reports.length,
    kinds,
    falseAlarms: reports.reduce((sum, report) => sum + report.falseAlarms, 0),
    failed: reports.filter((one) => one.missed.length + one.extra.length > 0).map((one) => one.id),
  };
}

/** Figures over the spans that a condition holds of. */
export function figuresOf(
  reports: readonly TextReport[],
  counts: (span: LabelledSpan) => boolean = () => true,
): KindFigures {
  const number = (spans: (report: TextReport) => readonly LabelledSpan[]): number =>
    reports.reduce((sum, report) => sum + spans(report).filter(counts).length, 0);
  const right = number((report) => report.right);
  const expected = right + number((report) => report.missed);
  const found = right + number((report) => report.extra);
  return { precision: ratio(right, found), recall: ratio(right, expected), expected, found, right };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : Math.round((part / whole) * 10_000) / 10_000;
}

/** Kinds with a checksum, and the precision and recall that each must reach where it occurs. */
export const required = { kinds: ['card', 'iban', 'aadhaar', 'gstin'], least: 0.98 } as const;

/** The checksummed kinds that fall short. */
export function fallingShort(totals: Totals): readonly PersonalDataKind[] {
  return required.kinds.filter((kind) => {
    const figures = totals.kinds[kind];
    return figures !== undefined && (figures.precision < required.least || figures.recall < required.least);
  });
}
