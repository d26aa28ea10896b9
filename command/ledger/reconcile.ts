import type { Command } from 'commander';
import type { OrphanedCase, Reconciliation } from '../../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import { inert, inertJson } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, wholeNumber, withServerOptions } from '../run-command.ts';

interface ReconcileCommandOptions extends CommonOptions {
  readonly limit?: number;
  readonly open?: boolean;
  readonly records?: string;
}

/** `baton reconcile` */
export function addReconcile(program: Command, running: Running): void {
  withServerOptions(program.command('reconcile'))
    .description(
      'effects that terminated cases left behind, and follow-up cases for people to decide about them',
    )
    .argument('[case]', 'id of one terminated case; all of them when absent')
    .option('--open', 'open a follow-up case, with a dead letter for each effect, where there is none')
    .option('--records <url>', "address of the tools' record store, to leave out what it has undone")
    .option('--limit <number>', 'look at so many cases at most', wholeNumber('--limit'))
    .action((caseId: string | undefined, options: ReconcileCommandOptions) =>
      onServer(running, options, async (baton) => {
        const { limit, open, records } = options;
        const { openRecordStore } = await import('../../stores/open-stores.ts');
        const store = records === undefined ? undefined : await openRecordStore(records);
        try {
          const found = await baton.reconcile({
            ...(caseId === undefined ? {} : { caseId }),
            ...(limit === undefined ? {} : { limit }),
            ...(open === undefined ? {} : { open }),
            ...(store ? { look: (key) => store.look(key) } : {}),
          });
          const unattended = found.orphaned.some((one) => one.followUp === undefined);
          return {
            json: found,
            text: reconciliationText(found),
            exitCode: unattended ? EXIT.refused : EXIT.ok,
          };
        } finally {
          await store?.close();
        }
      }),
    );
}

function reconciliationText({ orphaned, looked, unreadable }: Reconciliation): string {
  const found =
    orphaned.length === 0
      ? `no effects left behind, ${counted(looked, 'case')} that ended without being asked\n`
      : orphaned.map(caseText).join('\n');
  if (unreadable.length === 0) return found;
  return `${found}not looked into, for their keys are not at hand: ${inert(unreadable.join(', '))}\n`;
}

function caseText({ caseId, team, execution, effects, followUp }: OrphanedCase): string {
  const lines = [
    `${inert(caseId)} (${inert(team)}) was ${execution}; ${counted(effects.length, 'effect')} left behind`,
    ...effects.map(
      (one) =>
        `  ${inert(one.tool)} of ${inert(one.agent)} ${inertJson(one.arguments)}: ` +
        `${one.state ?? one.outcome}, key ${one.key}`,
    ),
    followUp === undefined
      ? '  nobody has them before them; open a follow-up case with --open'
      : `  before people in ${inert(followUp)}: \`baton dead-letters ${inert(followUp)}\`, then redrive to undo or discard to keep`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
