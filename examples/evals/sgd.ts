import { conduct } from './conduct.ts';
import { parseSgdOptions } from './sgd/options.ts';
import type { DialogueReport } from './sgd/report.ts';
import { isRight, sgdTotals } from './sgd/report.ts';
import { runSgd } from './sgd/run.ts';

/**
 * `npm run eval -- sgd ...`: plays dialogues over several services, one agent per service, and judges routing, the
 * slot values that cross unspoken, and what is booked at the end. Progress goes to standard error.
 * @returns the exit code: 0 when nothing is lost, wrong, silent or failed, 1 when something is, 2 for bad input
 */
export function evalSgd(args: readonly string[]): Promise<number> {
  return conduct(args, { parse: parseSgdOptions, run: runSgd, line: lineOf, totals: sgdTotals, isRight });
}

function lineOf(report: DialogueReport): string {
  const { dialogue, outcome, routed, handoffs, carried, lost, wrong, adapted, refused, compensated } = report;
  const facts = [
    `dialogue ${dialogue} ${outcome}`,
    `handoffs ${routed}/${handoffs}`,
    `slots ${carried - lost - wrong - refused}/${carried} (${adapted} adapted, ${refused} refused)`,
    `${compensated} compensated`,
    `${report.milliseconds} ms`,
  ];
  return [facts.join('; '), ...report.problems.map((problem) => `  PROBLEM: ${problem}`)].join('\n');
}
