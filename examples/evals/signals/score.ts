import { assess } from '../../../activities/signals/assess.ts';
import type { LabelledMessage } from './labelled-file.ts';

/** From here on a message counts as frustrated; policies name their own thresholds. */
const FRUSTRATED = 0.5;

type Label = 'human' | 'frustrated' | 'legal' | 'clarifies';

/** What was read of one message, against what a person says. */
export interface SignalReport {
  readonly id: string;
  readonly language: string;
  readonly expected: readonly Label[];
  readonly missed: readonly string[];
  readonly extra: readonly string[];
}

/** Figures of one signal. */
interface SignalFigures {
  readonly expected: number;
  readonly found: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
}

/** All messages together. */
export interface SignalTotals {
  readonly messages: number;
  readonly signals: Readonly<Record<Label, SignalFigures>>;
  /** Of the labels of each language, the share that was found with nothing besides. */
  readonly languages: Readonly<Record<string, { readonly messages: number; readonly right: number }>>;
  readonly languagesRight: number;
  readonly repeatsRight: number;
  /** Messages that ask for nobody and were taken for asking, denials among them. */
  readonly falseHumanAlarms: number;
  readonly failed: readonly string[];
}

/** Assesses one labelled message. */
export function judge(message: LabelledMessage): SignalReport {
  const signals = assess({ text: message.text, earlier: message.earlier, keywords: {} });
  const found: readonly Label[] = [
    ...(signals.asksForHuman ? (['human'] as const) : []),
    ...(signals.frustration >= FRUSTRATED ? (['frustrated'] as const) : []),
    ...(signals.legal ? (['legal'] as const) : []),
    ...(signals.clarifies ? (['clarifies'] as const) : []),
  ];
  const language = signals.language ?? 'none';
  return {
    id: message.id,
    language: message.language,
    expected: message.labels,
    missed: [
      ...message.labels.filter((label) => !found.includes(label)),
      ...(signals.repeats < message.repeats ? ['repeats'] : []),
      // One or two words tell no language.
      ...(signals.language !== undefined && language !== message.language ? ['language'] : []),
    ],
    extra: [
      ...found.filter((label) => !message.labels.includes(label)),
      ...(signals.repeats > message.repeats ? ['repeats'] : []),
    ],
  };
}

/** Adds the reports up. */
export function totalsOf(reports: readonly SignalReport[]): SignalTotals {
  const figures = (label: Label): SignalFigures => {
    const expected = reports.filter((one) => one.expected.includes(label)).length;
    const missed = reports.filter((one) => one.missed.includes(label)).length;
    const extra = reports.filter((one) => one.extra.includes(label)).length;
    const right = expected - missed;
    const found = right + extra;
    const share = (part: number, whole: number): number =>
      whole === 0 ? 1 : Math.round((part / whole) * 10_000) / 10_000;
    return { expected, found, right, precision: share(right, found), recall: share(right, expected) };
  };
  const languages = [...new Set(reports.map((one) => one.language))];
  const without = (what: string): number =>
    reports.filter((one) => !one.missed.includes(what) && !one.extra.includes(what)).length;
  return {
    messages: reports.length,
    signals: {
      human: figures('human'),
      frustrated: figures('frustrated'),
      legal: figures('legal'),
      clarifies: figures('clarifies'),
    },
    languages: Object.fromEntries(
      languages.map((language) => {
        const mine = reports.filter((one) => one.language === language);
        return [language, { messages: mine.length, right: mine.filter(isRight).length }];
      }),
    ),
    languagesRight: without('language'),
    repeatsRight: without('repeats'),
    falseHumanAlarms: reports.filter((one) => one.extra.includes('human')).length,
    failed: reports.filter((one) => !isRight(one)).map((one) => one.id),
  };
}

function isRight(report: SignalReport): boolean {
  return report.missed.length + report.extra.length === 0;
}
