import { conduct } from './conduct.ts';
import { parseOptions } from './tau2-retail/options.ts';
import type { TaskReport } from './tau2-retail/report.ts';
import { totalsOf } from './tau2-retail/report.ts';
import { runEval } from './tau2-retail/run.ts';

/**
 * `npm run eval -- tau2-retail ...`: plays tasks of the public data set through the retail team and judges each by
 * the hash of the shop's database. Progress goes to standard error.
 * @returns the exit code: 0 when every task ended as it should, 1 when one did not, 2 for bad input
 */
export function evalTau2Retail(args: readonly string[]): Promise<number> {
  return conduct(args, {
    parse: parseOptions,
    run: runEval,
    line: lineOf,
    totals: totalsOf,
    isRight: (totals) => totals.between === 0 && totals.failed.length === 0,
  });
}

function lineOf(report: TaskReport): string {
  const { task, database, outcome, handoffs, effects, compensations } = report;
  const { refusalsSeen, refusalsExpected, slotsArrived, slotsDeclared, milliseconds, problems } = report;
  const facts = [
    `task ${task} ${outcome}`,
    `database: ${database}`,
    `${handoffs} handoffs, ${effects} effects, ${compensations} compensations`,
    `slots ${slotsArrived}/${slotsDeclared}, refusals ${refusalsSeen}/${refusalsExpected}`,
    `${milliseconds} ms`,
  ];
  return [facts.join('; '), ...problems.map((problem) => `  PROBLEM: ${problem}`)].join('\n');
}
