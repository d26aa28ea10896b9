import type { Command } from 'commander';
import { table } from '../output/table.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, wholeNumber, withServerOptions } from '../run-command.ts';

interface ListOptions extends CommonOptions {
  readonly desk?: string;
  readonly limit?: number;
}

/** `baton tickets` */
export function addTickets(program: Command, running: Running): void {
  const tickets = program
    .command('tickets')
    .description('cases that are mirrored to a ticket system: what has failed');
  addFailed(tickets, running);
  addRedrive(tickets, running);
}

function withFilter(command: Command): Command {
  return withServerOptions(command)
    .option('--desk <name>', 'of this desk')
    .option('--limit <number>', 'so many at most', wholeNumber('--limit'));
}

function addFailed(tickets: Command, running: Running): void {
  withFilter(tickets.command('failed', { isDefault: true }))
    .description('cases whose tickets could not be kept alike, the newest first')
    .action((options: ListOptions) =>
      onServer(running, options, async (baton) => {
        const failed = await baton.failedTickets(filterOf(options));
        const rows = failed.map((one) => [
          ...[one.mirror, one.caseId, one.failedAt],
          ...[one.failure.code, one.failure.message],
        ]);
        const heads = ['name', 'case', 'failed at', 'code', 'what was wrong'];
        return {
          json: { failed },
          text: failed.length === 0 ? 'no failed tickets\n' : table(heads, rows),
        };
      }),
    );
}

function addRedrive(tickets: Command, running: Running): void {
  withFilter(tickets.command('redrive'))
    .description('go on with failed tickets: one by its name, or all that `tickets` lists')
    .argument('[name]', 'name that `tickets` shows; all when absent')
    .action((name: string | undefined, options: ListOptions) =>
      onServer(running, options, async (baton) => {
        const failed = name === undefined ? await baton.failedTickets(filterOf(options)) : [];
        const wanted = name === undefined ? failed.map(({ mirror }) => mirror) : [name];
        for (const one of wanted) await baton.redriveTicket(one);
        return { json: { redriven: wanted }, text: `${String(wanted.length)} redriven\n` };
      }),
    );
}

function filterOf({ desk, limit }: ListOptions): { desk?: string; limit?: number } {
  return { ...(desk === undefined ? {} : { desk }), ...(limit === undefined ? {} : { limit }) };
}
