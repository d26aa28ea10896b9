import { readFile } from 'node:fs/promises';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { fileOptions } from './command-line.ts';
import { parseLabelledFile } from './pii/labelled-file.ts';
import type { KindFigures, TextReport, Totals } from './pii/score.ts';
import { fallingShort, figuresOf, judge, required, totalsOf } from './pii/score.ts';

const USAGE = `Usage: npm run eval -- pii --data FILE [--json]
  --data FILE  labelled texts as JSON Lines; docs/privacy.md describes them
  --json       one object per text that was not read as labelled, and the totals as the last line`;

/**
 * `npm run eval -- pii ...`: judges the detectors of personal data on a labelled file. Progress goes to standard
 * error; offsets and kinds are printed, values never.
 * @returns the exit code: 0 when every checksummed kind reaches 0.98 in precision and recall, 1 when one does not,
 *   2 for bad input
 */
export async function evalPii(args: readonly string[]): Promise<number> {
  try {
    const options = fileOptions(args, USAGE);
    const started = Date.now();
    const texts = parseLabelledFile(await contentOf(options.data));
    const reports = texts.map(judge);
    for (const report of reports) {
      if (report.missed.length + report.extra.length > 0) tell(report, options.json);
    }
    const totals = totalsOf(reports);
    print(options.json ? JSON.stringify(totals) : tableOf(totals, figuresOf(reports)));
    const short = fallingShort(totals);
    progress(`${String(totals.strings)} texts in ${((Date.now() - started) / 1_000).toFixed(1)} s`);
    if (short.length > 0)
      progress(`below ${String(required.least)} in precision or recall: ${short.join(', ')}`);
    return short.length === 0 ? 0 : 1;
  } catch (thrown) {
    progress(thrown instanceof Error ? thrown.message : String(thrown));
    return isBatonError(thrown) && thrown.code === 'INPUT_INVALID' ? 2 : 1;
  }
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('INPUT_INVALID', `--data: ${why}`, '--data'), { cause: thrown });
  }
}

function tell(report: TextReport, json: boolean): void {
  const { id, missed, extra } = report;
  if (json) print(JSON.stringify({ id, missed, extra }));
  const spans = (list: TextReport['missed']): string =>
    list.map(({ kind, start, end }) => `${kind} ${String(start)}-${String(end)}`).join(', ');
  const facts = [
    missed.length > 0 ? `missed ${spans(missed)}` : '',
    extra.length > 0 ? `found ${spans(extra)}, which is not labelled so` : '',
  ];
  progress(`${id}: ${facts.filter((fact) => fact !== '').join('; ')}`);
}

function tableOf(totals: Totals, all: KindFigures): string {
  const row = (name: string, figures: KindFigures): string =>
    [
      name.padEnd(12),
      figures.precision.toFixed(4).padStart(10),
      figures.recall.toFixed(4).padStart(10),
      ...[figures.expected, figures.found, figures.right].map((count) => String(count).padStart(9)),
    ].join('');
  return [
    `${'kind'.padEnd(12)}${'precision'.padStart(10)}${'recall'.padStart(10)} expected    found    right`,
    ...Object.entries(totals.kinds).map(([kind, figures]) => row(kind, figures)),
    row('all', all),
    `false alarms where nothing is labelled (order numbers, prices ...): ${String(totals.falseAlarms)}`,
    `texts not read as labelled: ${totals.failed.length === 0 ? 'none' : totals.failed.join(', ')}`,
  ].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
