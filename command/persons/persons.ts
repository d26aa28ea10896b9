import type { Command } from 'commander';
import type { PersonExport } from '../../client/index.ts';
import { inert } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServerAndContext, UsageError, withServerOptions } from '../run-command.ts';

/** `baton export` */
export function addExport(program: Command, running: Running): void {
  withServerOptions(program.command('export'))
    .description(
      "everything kept of a person's cases: context, conversation, ledger (--json); needs no worker",
    )
    .argument('<person>', '`user.id` of their cases')
    .action((person: string, options: CommonOptions) =>
      onServerAndContext(running, options, async (baton) => {
        const exported = await baton.exportPerson(person);
        return { json: exported, text: exportText(exported) };
      }),
    );
}

/** `baton erase` */
export function addErase(program: Command, running: Running): void {
  withServerOptions(program.command('erase'))
    .description(
      "destroy a person's key: nobody reads their context again, backups included; the ledger stays",
    )
    .argument('<person>', '`user.id` of their cases')
    .option('--wait', 'wait for their open cases to end, instead of refusing')
    .option('--yes', 'it is meant')
    .action((person: string, options: CommonOptions & { wait?: boolean; yes?: boolean }) =>
      onServerAndContext(running, options, async (baton) => {
        if (options.yes !== true)
          throw new UsageError('what is erased is gone for good: look with `baton export`, then add --yes');
        const erased = await baton.erasePerson(person, {
          wait: options.wait === true,
          signal: running.host.signal,
        });
        const names = erased.cases.map(({ caseId }) => `  ${inert(caseId)}\n`).join('');
        return { json: erased, text: `${counted(erased.cases.length, 'case')} erased\n${names}` };
      }),
    );
}

/** `baton expire` */
export function addExpire(program: Command, running: Running): void {
  withServerOptions(program.command('expire'))
    .description('forget the context of closed cases that have been quiet for long; the ledger stays')
    .requiredOption('--before <instant>', 'nothing was written since then, such as 2026-01-31')
    .action((options: CommonOptions & { before: string }) =>
      onServerAndContext(running, options, async (baton) => {
        const expired = await baton.expireContext(options.before);
        return { json: expired, text: `${counted(expired.forgotten.length, 'case')} forgotten\n` };
      }),
    );
}

function exportText({ person, cases }: PersonExport): string {
  const lines = cases.map(({ caseId, open, values, conversation, ledger = [] }) => {
    const kept = [
      counted(values.length, 'value'),
      counted(conversation.length, 'message'),
      counted(ledger.length, 'row'),
    ];
    return `  ${inert(caseId)}${open ? ' (open)' : ''}: ${kept.join(', ')}\n`;
  });
  const hint = cases.length === 0 ? '' : 'the content is in --json\n';
  return `${inert(person)}: ${counted(cases.length, 'case')}\n${lines.join('')}${hint}`;
}
