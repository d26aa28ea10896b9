import type { Command } from 'commander';
import type { Running } from '../run-command.ts';
import { answering, JSON_OPTION } from '../run-command.ts';
import type { SchemaOptions } from './schema-answers.ts';

/** `baton schema`: the contract, and what a team's agents accept, in the forms that others read. */
export function addSchema(program: Command, running: Running): void {
  program
    .command('schema')
    .description('print the contract as JSON Schema or Protobuf, or what the agents of a team accept')
    .argument('[name]', 'such as envelope; lists all when left out')
    .option('--protobuf', 'the .proto file of the contract')
    .option('--team <team>', 'what the agents of this team accept')
    .option('--agent <agent>', 'with --team: of this agent alone')
    .option('--teams <modules>', 'with --team: modules of teams, separated by commas (else BATON_TEAMS)')
    .option(...JSON_OPTION)
    .action((name: string | undefined, options: SchemaOptions) =>
      answering(running, options, async () => {
        const { schemaAnswer } = await import('./schema-answers.ts');
        return schemaAnswer(running, name, options);
      }),
    );
}
