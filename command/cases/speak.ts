import type { Command } from 'commander';
import type { Receipt } from '../../contract/message-shapes.ts';
import { newMessageId, textArgument } from '../input.ts';
import { inert } from '../output/inert.ts';
import type { Answer, CommonOptions, Running } from '../run-command.ts';
import { onServer, withServerOptions } from '../run-command.ts';

/** A receipt for people and for scripts. */
export function receiptAnswer(receipt: Receipt): Answer {
  return {
    json: receipt,
    text: `${receipt.repeated ? 'taken before' : 'taken'}: ${inert(receipt.detail)}\n`,
  };
}

/** `baton say` */
export function addSay(program: Command, running: Running): void {
  withServerOptions(program.command('say'))
    .description("say something on the user's behalf")
    .argument('<case>', 'id of the case')
    .argument('<text>', 'what the user says, `-` for standard input')
    .option('--message-id <id>', 'id of the message; the same id again is the same message')
    .option('--locale <tag>', 'language of the message, BCP 47')
    .action(
      (caseId: string, text: string, options: CommonOptions & { messageId?: string; locale?: string }) =>
        onServer(running, options, async (baton) => {
          const { locale } = options;
          const receipt = await baton.say(caseId, {
            messageId: options.messageId ?? newMessageId(),
            text: await textArgument(running.host, text),
            ...(locale === undefined ? {} : { locale }),
          });
          return receiptAnswer(receipt);
        }),
    );
}

/** `baton ask-for-human` */
export function addAskForHuman(program: Command, running: Running): void {
  withServerOptions(program.command('ask-for-human'))
    .description('ask for a human, by the user or on their behalf; honoured from any state')
    .argument('<case>', 'id of the case')
    .option('--by <id>', 'who asks')
    .option('--reason <text>', 'why')
    .action((caseId: string, options: CommonOptions & { by?: string; reason?: string }) =>
      onServer(running, options, async (baton) => {
        const { by, reason } = options;
        return receiptAnswer(
          await baton.askForHuman(caseId, {
            ...(by === undefined ? {} : { by }),
            ...(reason === undefined ? {} : { reason }),
          }),
        );
      }),
    );
}

/** `baton cancel` */
export function addCancel(program: Command, running: Running): void {
  withServerOptions(program.command('cancel'))
    .description('end a case and take back what it has written')
    .argument('<case>', 'id of the case')
    .option('--wait', 'wait until everything is taken back')
    .action((caseId: string, options: CommonOptions & { wait?: boolean }) =>
      onServer(running, options, async (baton) => {
        const receipt = await baton.cancel(caseId);
        if (options.wait !== true) return receiptAnswer(receipt);
        const result = await baton.result(caseId, { signal: running.host.signal });
        return { json: result, text: `cancelled; effects: ${result.saga}\n` };
      }),
    );
}
