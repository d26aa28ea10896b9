import type { Command } from 'commander';
import type { Running } from '../run-command.ts';
import { answering, JSON_OPTION } from '../run-command.ts';

/** How a server is reached, as options. */
export interface McpOptions {
  readonly url?: string;
  readonly header?: readonly string[];
  readonly json?: boolean;
}

/** `baton mcp pin`, `baton mcp check` */
export function addMcp(program: Command, running: Running): void {
  const mcp = program
    .command('mcp')
    .description('tools of MCP servers: pin what a server offers, and see whether it still does');
  for (const name of ['pin', 'check'] as const) {
    mcp
      .command(name)
      .description(
        name === 'pin'
          ? 'write what a server offers to a file, for a team to be built from'
          : 'whether a server still offers what a file says; 1 when it does not',
      )
      .argument('<file>', 'file of pinned tools')
      .argument('[command...]', 'after --: the program to run and its arguments')
      .option('--url <url>', 'address of a server that speaks streamable HTTP, in place of a program')
      .option('--header <name=VARIABLE...>', 'with --url: a header, and the variable that holds its value')
      .option(...JSON_OPTION)
      .action((file: string, words: readonly string[], options: McpOptions) =>
        answering(running, options, async () => {
          const { checkPins, writePins } = await import('./mcp-answers.ts');
          const answer = name === 'pin' ? writePins : checkPins;
          return answer(file, { words, options, environment: running.host.environment });
        }),
      );
  }
}
