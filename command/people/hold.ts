import type { Command } from 'commander';
import { receiptAnswer } from '../cases/speak.ts';
import { newMessageId, parseJsonObject, textArgument } from '../input.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, wholeNumber, withServerOptions } from '../run-command.ts';

interface ByOptions extends CommonOptions {
  readonly by: string;
}

function personCommand(program: Command, name: string): Command {
  return withServerOptions(program.command(name))
    .argument('<case>', 'id of the case')
    .requiredOption('--by <person>', 'who acts, a member of the pool that owns the case');
}

/** `baton claim` */
export function addClaim(program: Command, running: Running): void {
  personCommand(program, 'claim')
    .description('take a case that your pool owns')
    .action((caseId: string, { by, ...options }: ByOptions) =>
      onServer(running, options, async (baton) => receiptAnswer(await baton.claim(caseId, { by }))),
    );
}

/** `baton reply` */
export function addReply(program: Command, running: Running): void {
  personCommand(program, 'reply')
    .description('speak to the user of a case that your pool owns')
    .argument('<text>', 'what to say, `-` for standard input')
    .option('--message-id <id>', 'id of the message; the same id again is the same message')
    .action((caseId: string, text: string, options: ByOptions & { messageId?: string }) =>
      onServer(running, options, async (baton) =>
        receiptAnswer(
          await baton.reply(caseId, {
            by: options.by,
            messageId: options.messageId ?? newMessageId(),
            text: await textArgument(running.host, text),
          }),
        ),
      ),
    );
}

/** `baton give-back` */
export function addGiveBack(program: Command, running: Running): void {
  personCommand(program, 'give-back')
    .description('give a case back to the agent it came from')
    .requiredOption('--note <text>', 'what the agent should know')
    .option('--facts <json>', 'facts to add, a JSON object')
    .action((caseId: string, options: ByOptions & { note: string; facts?: string }) =>
      onServer(running, options, async (baton) => {
        const { by, note, facts } = options;
        const added = facts === undefined ? {} : { facts: parseJsonObject(facts, '--facts') as never };
        return receiptAnswer(await baton.giveBack(caseId, { by, note, ...added }));
      }),
    );
}

/** `baton resolve` */
export function addResolve(program: Command, running: Running): void {
  personCommand(program, 'resolve')
    .description('end a case that your pool owns')
    .requiredOption('--outcome <word>', 'how it ended, in a word')
    .requiredOption('--note <text>', 'what was done')
    .option(
      '--seen <number>',
      'the last message you have read, where the user has said more meanwhile',
      wholeNumber('--seen'),
    )
    .action((caseId: string, options: ByOptions & { outcome: string; note: string; seen?: number }) =>
      onServer(running, options, async (baton) => {
        const { by, outcome, note, seen } = options;
        const read = seen === undefined ? {} : { seen };
        return receiptAnswer(await baton.resolve(caseId, { by, outcome, note, ...read }));
      }),
    );
}
