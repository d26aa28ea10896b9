import type { Command } from 'commander';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, withServerOptions, wholeNumber } from '../run-command.ts';
import type { TriedOn } from './try-cases.ts';

/** `baton policy try` */
export function addPolicyTry(policy: Command, running: Running): void {
  withServerOptions(policy.command('try'))
    .description('what a draft would have decided otherwise in past cases; needs no worker')
    .argument('<file>', 'YAML or JSON')
    .option('--team <name>', 'cases of this team; those of all teams when absent')
    .option('--case <id...>', 'these cases, instead of the newest')
    .option('--limit <number>', 'at most so many cases, the newest', wholeNumber('--limit'), 200)
    .action((file: string, options: CommonOptions & TriedOn) =>
      onServer(running, options, async (baton) => {
        const { tryOnCases } = await import('./try-cases.ts');
        return tryOnCases(baton, file, options);
      }),
    );
}
