import { readFile } from 'node:fs/promises';
import { isBatonError } from '../../contract/failures.ts';
import { fileOptions, invalidOption } from './command-line.ts';
import { parseLabelledMessages } from './signals/labelled-file.ts';
import { judge, totalsOf, type SignalTotals } from './signals/score.ts';

const USAGE = `Usage: npm run eval -- signals --data FILE [--json]
  --data FILE  labelled messages as JSON Lines; docs/policy.md describes them
  --json       one object per message that was not read as labelled, and the totals as the last line`;

/** Precision and recall of a request for a human, at least. */
const REQUIRED = 0.95;

/**
 * `npm run eval -- signals ...`: judges what is read out of messages on a labelled file. Texts are not printed.
 * @returns the exit code: 0 when requests for a human reach 0.95 in precision and recall, 1 when not, 2 for bad input
 */
export async function evalSignals(args: readonly string[]): Promise<number> {
  try {
    const { data, json } = fileOptions(args, USAGE);
    const content = await readFile(data, 'utf8').catch((thrown: unknown) => {
      throw invalidOption('--data', thrown instanceof Error ? thrown.message : String(thrown));
    });
    const reports = parseLabelledMessages(content).map(judge);
    for (const { id, missed, extra } of reports) {
      if (missed.length + extra.length === 0) continue;
      if (json) print(JSON.stringify({ id, missed, extra }));
      else
        print(
          `${id}: missed ${missed.join(', ') || 'nothing'}, found ${extra.join(', ') || 'nothing'} besides`,
        );
    }
    const totals = totalsOf(reports);
    print(json ? JSON.stringify(totals) : tableOf(totals));
    const { precision, recall } = totals.signals.human;
    return precision >= REQUIRED && recall >= REQUIRED ? 0 : 1;
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return isBatonError(thrown) && thrown.code === 'INPUT_INVALID' ? 2 : 1;
  }
}

function tableOf(totals: SignalTotals): string {
  const rows = Object.entries(totals.signals).map(
    ([name, { precision, recall, expected, found, right }]) =>
      `${name.padEnd(12)}${precision.toFixed(4).padStart(10)}${recall.toFixed(4).padStart(8)}${[expected, found, right].map((count) => String(count).padStart(9)).join('')}`,
  );
  const languages = Object.entries(totals.languages).map(
    ([language, { messages, right }]) => `${language} ${String(right)}/${String(messages)}`,
  );
  return [
    `${'signal'.padEnd(12)} precision  recall expected    found    right`,
    ...rows,
    `read wholly as labelled: ${languages.join(', ')}`,
    `languages ${String(totals.languagesRight)}/${String(totals.messages)}, repeats ${String(totals.repeatsRight)}/${String(totals.messages)}`,
    `taken for a request for a human and none: ${String(totals.falseHumanAlarms)}`,
  ].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
