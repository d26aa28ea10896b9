import type { Command } from 'commander';
import type { AskForHuman, Receipt } from '../../contract/message-shapes.ts';
import { newMessageId, parseJsonObject, textArgument } from '../input.ts';
import { inert } from '../output/inert.ts';
import type { Answer, CommonOptions, Running } from '../run-command.ts';
import { onServer, onServerAndContext, UsageError, wholeNumber, withServerOptions } from '../run-command.ts';

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
    .option(
      '--voice <json>',
      'it was spoken, and the text is its transcript: {"confidence":0.93,"durationMs":4200,"audio":{...}}',
    )
    .option(
      '--attach <json>',
      'a file, of which the text says something: {"name":"...","mediaType":"...","bytes":1,"digest":"...","uri":"..."}',
    )
    .action((caseId: string, text: string, options: SayOptions) =>
      onServer(running, options, async (baton) => {
        const { locale } = options;
        const message = {
          messageId: options.messageId ?? newMessageId(),
          text: await textArgument(running.host, text),
          ...(locale === undefined ? {} : { locale }),
          ...contentTyped(options),
        };
        // The client's door checks what was typed.
        return receiptAnswer(await baton.say(caseId, message));
      }),
    );
}

interface SayOptions extends CommonOptions {
  readonly messageId?: string;
  readonly locale?: string;
  readonly voice?: string;
  readonly attach?: string;
}

function contentTyped({ voice, attach }: SayOptions): object {
  if (voice !== undefined && attach !== undefined)
    throw new UsageError('a message is spoken or a file: give --voice or --attach');
  if (voice !== undefined) return { kind: 'voice', voice: parseJsonObject(voice, '--voice') };
  if (attach !== undefined) return { kind: 'file', file: parseJsonObject(attach, '--attach') };
  return {};
}

/** `baton ask-for-human` */
export function addAskForHuman(program: Command, running: Running): void {
  withServerOptions(program.command('ask-for-human'))
    .description('ask for a human, by the user or on their behalf; honoured from any state')
    .argument('<case>', 'id of the case')
    .option('--by <id>', 'who asks')
    .option('--reason <text>', 'why')
    .option('--human-only', 'and no agent again without the consent of the user')
    .action((caseId: string, options: CommonOptions & AskForHuman) =>
      onServer(running, options, async (baton) => {
        const { by, reason, humanOnly } = options;
        return receiptAnswer(
          await baton.askForHuman(caseId, {
            ...(by === undefined ? {} : { by }),
            ...(reason === undefined ? {} : { reason }),
            ...(humanOnly === undefined ? {} : { humanOnly }),
          }),
        );
      }),
    );
}

/** `baton feedback` */
export function addFeedback(program: Command, running: Running): void {
  withServerOptions(program.command('feedback'))
    .description('what the user says of a case that is over: kept beside it, once')
    .argument('<case>', 'id of the case')
    .requiredOption('--rating <1-5>', '1, not at all satisfied, to 5, wholly', wholeNumber('--rating'))
    .option('--text <words>', "in the user's words")
    .action((caseId: string, options: CommonOptions & { rating: number; text?: string }) =>
      onServerAndContext(running, options, async (baton) => {
        const { rating, text } = options;
        return receiptAnswer(
          await baton.feedback(caseId, { rating, ...(text === undefined ? {} : { text }) }),
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
