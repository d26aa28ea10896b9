import type { Command } from 'commander';
import type { Verification } from '../../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import { inert } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServerAndContext, withServerOptions } from '../run-command.ts';

/** `baton verify` */
export function addVerify(program: Command, running: Running): void {
  withServerOptions(program.command('verify'))
    .description('hold the ledger of a case against its history; needs no worker')
    .argument('<case>', 'id of the case')
    .option('--ledger <url>', 'address of the ledger (else BATON_LEDGER_URL, else .baton/baton.db)')
    .option('--repair', 'append rows that the ledger lost at its end, from the history')
    .action((caseId: string, options: CommonOptions & { ledger?: string; repair?: boolean }) =>
      onServerAndContext(running, options, async (baton) => {
        const verification = await baton.verify(caseId, { repair: options.repair === true });
        return {
          json: verification,
          text: verificationText(verification),
          exitCode: verification.ok ? EXIT.ok : EXIT.refused,
        };
      }),
    );
}

function verificationText(verification: Verification): string {
  const { caseId, ok, rows, lag, anchored, closed, faults, repaired, history, accessLog } = verification;
  const lines = [
    `${inert(caseId)}: the ledger is ${ok ? 'sound' : 'NOT sound'}, ${counted(rows, 'row')}`,
    ...(repaired > 0 ? [`  ${counted(repaired, 'row')} appended again from the history`] : []),
    ...(lag > 0 ? [`  ${counted(lag, 'row')} of the history not in the ledger yet`] : []),
    history === 'erased'
      ? '  history: erased with its person; the chain of the ledger alone was checked'
      : closed
        ? `  closed; its last row ${anchored ? 'is' : 'is NOT'} the one that the result names`
        : '  open: what came last may still be on its way',
    ...faults.map(
      (fault) => `  row ${String(fault.sequence)} ${fault.problem} (${fault.where}): ${inert(fault.detail)}`,
    ),
    ...(accessLog
      ? [
          `  access log: ${counted(accessLog.rows, 'row')}` +
            (accessLog.fault
              ? `, NOT sound: row ${String(accessLog.fault.sequence)} ${accessLog.fault.problem}`
              : accessLog.anchored
                ? ''
                : ', its end was not held against a context store'),
        ]
      : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
