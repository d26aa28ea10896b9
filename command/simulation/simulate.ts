import type { Command } from 'commander';
import type { Running } from '../run-command.ts';
import { answering, JSON_OPTION, wholeNumber } from '../run-command.ts';

/** Options of `baton simulate`. */
export interface SimulateOptions {
  readonly json?: boolean;
  readonly team?: string;
  readonly role?: readonly string[];
  readonly address?: string;
  readonly namespace?: string;
  readonly restMs?: number;
}

/** `baton simulate` */
export function addSimulate(program: Command, running: Running): void {
  program
    .command('simulate')
    .description(
      'try every role of a team with missing, corrupt, oversized, hostile and contradictory context from upstream; tools stand in, nothing is done outside; 1 when a role was careless',
    )
    .argument('<module>', 'module of the team, as BATON_TEAMS names it')
    .option('--team <name>', 'which team of the module (needed where it has several)')
    .option('--role <name...>', 'only these roles')
    .option(
      '--rest-ms <milliseconds>',
      'how long one case may take to come to rest',
      wholeNumber('--rest-ms'),
      60_000,
    )
    .option('--address <host:port>', 'Temporal server (else TEMPORAL_ADDRESS, the profile, localhost:7233)')
    .option('--namespace <name>', 'namespace (else TEMPORAL_NAMESPACE, the profile, default)')
    .option(...JSON_OPTION)
    .action((module: string, options: SimulateOptions) =>
      answering(running, options, async () => {
        const { simulate } = await import('./simulate-answer.ts');
        return simulate(module, options, running.host);
      }),
    );
}
