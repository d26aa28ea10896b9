import type { Command } from 'commander';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServerAndContext, withServerOptions, wholeNumber } from '../run-command.ts';

/** `baton report` */
export function addReport(program: Command, running: Running): void {
  withServerOptions(program.command('report'))
    .description('how past cases went: by way, rule and person, with what users said; needs no worker')
    .option('--team <name>', 'cases of this team; those of all teams when absent')
    .option('--tenant <name>', 'cases of this tenant')
    .option('--case <id...>', 'these cases, instead of the newest')
    .option('--audit', 'hold the ledger of each closed case against its history, and replay it')
    .option('--limit <number>', 'at most so many cases, the newest', wholeNumber('--limit'), 200)
    .action((options: CommonOptions & ReportOptions) =>
      onServerAndContext(running, options, async (baton) => {
        const { reportAnswer } = await import('./report-answer.ts');
        const { team, tenant, limit } = options;
        const filter = {
          limit,
          ...(team === undefined ? {} : { team }),
          ...(tenant === undefined ? {} : { tenant }),
          ...(options.case ? { caseIds: options.case } : {}),
        };
        const report = await baton.report(filter);
        if (options.audit !== true) return reportAnswer(report);
        const { auditCases } = await import('./audit.ts');
        return reportAnswer(report, await auditCases(baton, filter));
      }),
    );
}

interface ReportOptions {
  readonly team?: string;
  readonly tenant?: string;
  readonly case?: readonly string[];
  readonly limit: number;
  readonly audit?: boolean;
}
