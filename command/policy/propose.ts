import type { Command } from 'commander';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServerAndContext, withServerOptions, wholeNumber } from '../run-command.ts';
import type { ProposedFrom } from './propose-answer.ts';

/** `baton policy propose` */
export function addPolicyPropose(policy: Command, running: Running): void {
  withServerOptions(policy.command('propose'))
    .description('other thresholds that the outcomes of past cases speak for; publishes nothing')
    .argument('<file>', 'the policy in use, YAML or JSON')
    .option('--team <name>', 'cases of this team; those of all teams when absent')
    .option('--case <id...>', 'these cases, instead of the newest')
    .option('--limit <number>', 'at most so many cases, the newest', wholeNumber('--limit'), 200)
    .option('--least <number>', 'outcomes it takes to speak of a threshold', wholeNumber('--least'), 20)
    .option(
      '--miss <number>',
      'people asked in vain that weigh as much as one not asked and needed',
      wholeNumber('--miss'),
      3,
    )
    .option(
      '--out <file>',
      'writes the draft here, with another version, for a person to look at and publish',
    )
    .action((file: string, options: CommonOptions & ProposedFrom) =>
      onServerAndContext(running, options, async (baton) => {
        const { proposeFrom } = await import('./propose-answer.ts');
        return proposeFrom(baton, file, options);
      }),
    );
}
