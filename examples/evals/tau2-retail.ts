import { isBatonError } from '../../contract/failures.ts';
import { parseOptions } from './tau2-retail/options.ts';
import type { TaskReport, Totals } from './tau2-retail/report.ts';
import { totalsOf } from './tau2-retail/report.ts';
import type { RunResult } from './tau2-retail/run.ts';
import { runEval } from './tau2-retail/run.ts';

/**
 * `npm run eval -- tau2-retail ...`: plays tasks of the public data set through the retail team and judges each by
 * the hash of the shop's database. Progress goes to standard error.
 * @returns the exit code: 0 when every task ended as it should, 1 when one did not, 2 for bad input
 */
export async function evalTau2Retail(args: readonly string[]): Promise<number> {
  const started = Date.now();
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const options = parseOptions(args);
    let done = 0;
    const onReport = (report: TaskReport): void => {
      done += 1;
      if (options.json) print(JSON.stringify(report));
      progress(`${done}: ${lineOf(report)}`);
    };
    const { reports, happened } = await runEval(options, onReport, progress, interrupted.signal);
    const totals = totalsOf(reports);
    const seconds = ((Date.now() - started) / 1_000).toFixed(1);
    progress(`${reports.length} tasks in ${seconds} s${faultsOf(happened)}`);
    print(options.json ? JSON.stringify(totals) : summaryOf(totals));
    return totals.between === 0 && totals.failed.length === 0 ? 0 : 1;
  } catch (thrown) {
    progress(thrown instanceof Error ? thrown.message : String(thrown));
    return isBatonError(thrown) && thrown.code === 'INPUT_INVALID' ? 2 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
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

function faultsOf(happened: RunResult['happened']): string {
  const { workersKilled, serverKilled, cancelled } = happened;
  if (workersKilled + serverKilled + cancelled === 0) return '';
  return `; ${workersKilled} workers and ${serverKilled} servers killed, ${cancelled} cancellations`;
}

function summaryOf(totals: Totals): string {
  const { failed, ...figures } = totals;
  const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(20)} ${value}`);
  return [...lines, `${'failed'.padEnd(20)} ${failed.length === 0 ? 'none' : failed.join(', ')}`].join('\n');
}
