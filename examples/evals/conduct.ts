import { isBatonError } from '../../contract/failures.ts';
import type { RunResult } from './run-cases.ts';

/** What an eval's command is made from. */
export interface Conduct<Options extends { readonly json: boolean }, Report, Totals extends object> {
  readonly parse: (args: readonly string[]) => Options;
  readonly run: (
    options: Options,
    onReport: (report: Report) => void,
    progress: (line: string) => void,
    signal: AbortSignal,
  ) => Promise<RunResult<Report>>;
  /** One report in words. */
  readonly line: (report: Report) => string;
  readonly totals: (reports: readonly Report[]) => Totals;
  readonly isRight: (totals: Totals) => boolean;
}

/**
 * Runs an eval from its command line: progress to standard error; with `--json` a line per report and the totals as
 * the last line on standard output, else the totals in words.
 * @returns the exit code: 0 when all is right, 1 when not, 2 for bad input
 */
export async function conduct<Options extends { readonly json: boolean }, Report, Totals extends object>(
  args: readonly string[],
  evaluation: Conduct<Options, Report, Totals>,
): Promise<number> {
  const started = Date.now();
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const options = evaluation.parse(args);
    let done = 0;
    const onReport = (report: Report): void => {
      done += 1;
      if (options.json) print(JSON.stringify(report));
      progress(`${done}: ${evaluation.line(report)}`);
    };
    const { reports, audit, happened } = await evaluation.run(
      options,
      onReport,
      progress,
      interrupted.signal,
    );
    const totals = evaluation.totals(reports);
    const seconds = ((Date.now() - started) / 1_000).toFixed(1);
    progress(`${reports.length} cases in ${seconds} s${faultsOf(happened)}`);
    for (const { caseId, faults } of audit.faults)
      progress(`${caseId} is no audited success: ${faults.join(', ')}`);
    const { closed, succeeded: auditedSuccess, share: auditedShare } = audit;
    const audited = { ...totals, closed, auditedSuccess, auditedShare };
    print(options.json ? JSON.stringify(audited) : summaryOf(audited));
    return evaluation.isRight(totals) ? 0 : 1;
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

function faultsOf(happened: RunResult<never>['happened']): string {
  const { workersKilled, serverKilled, cancelled } = happened;
  if (workersKilled + serverKilled + cancelled === 0) return '';
  return `; ${workersKilled} workers and ${serverKilled} servers killed, ${cancelled} cancellations`;
}

function summaryOf(totals: object): string {
  const lines = Object.entries(totals as Record<string, unknown>).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') || 'none' : String(value);
    return `${name.padEnd(20)} ${text}`;
  });
  return lines.join('\n');
}
