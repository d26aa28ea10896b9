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

/** `baton release` */
export function addRelease(program: Command, running: Running): void {
  personCommand(program, 'release')
    .description('let go of a case that you hold: it is the pool’s again')
    .option('--note <text>', 'what the next one should know')
    .action((caseId: string, options: ByOptions & { note?: string }) =>
      onServer(running, options, async (baton) => {
        const { by, note } = options;
        return receiptAnswer(await baton.release(caseId, { by, ...(note === undefined ? {} : { note }) }));
      }),
    );
}

/** `baton reassign` */
export function addReassign(program: Command, running: Running): void {
  personCommand(program, 'reassign')
    .description('put a case that your pool owns into somebody else’s hands')
    .requiredOption('--to <person>', 'who is to hold it, a member of the pool')
    .requiredOption('--reason <text>', 'why')
    .action((caseId: string, options: ByOptions & { to: string; reason: string }) =>
      onServer(running, options, async (baton) => {
        const { by, to, reason } = options;
        return receiptAnswer(await baton.reassign(caseId, { by, to, reason }));
      }),
    );
}

/** `baton take-over` */
export function addTakeOver(program: Command, running: Running): void {
  personCommand(program, 'take-over')
    .description('take a case, whoever has it: an agent, nobody of your pool, or other people')
    .option('--pool <name>', 'in whose name; the first pool you belong to when left out')
    .requiredOption('--reason <text>', 'why')
    .action((caseId: string, options: ByOptions & { pool?: string; reason: string }) =>
      onServer(running, options, async (baton) => {
        const { by, pool, reason } = options;
        const named = pool === undefined ? {} : { pool };
        return receiptAnswer(await baton.takeOver(caseId, { by, reason, ...named }));
      }),
    );
}

/** `baton whisper` */
export function addWhisper(program: Command, running: Running): void {
  personCommand(program, 'whisper')
    .description('tell whoever works on a case something that its user never sees')
    .argument('<text>', 'what to say, `-` for standard input')
    .action((caseId: string, text: string, options: ByOptions) =>
      onServer(running, options, async (baton) => {
        const note = await textArgument(running.host, text);
        return receiptAnswer(await baton.whisper(caseId, { by: options.by, note }));
      }),
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

interface GiveBackOptions extends ByOptions {
  readonly note: string;
  readonly facts?: string;
  readonly intent?: string;
  readonly partialResults?: string;
  readonly to?: string;
  readonly userAgreed?: boolean;
}

/** `baton give-back` */
export function addGiveBack(program: Command, running: Running): void {
  personCommand(program, 'give-back')
    .description('give a case back to the agent it came from, or to another')
    .option('--to <agent>', 'another agent of the team')
    .requiredOption('--note <text>', 'what the agent should know')
    .option('--facts <json>', 'facts to add, a JSON object')
    .option('--intent <text>', 'what the agent should be after')
    .option('--partial-results <json>', 'results that are not certain yet, a JSON object by name')
    .option('--user-agreed', 'a user who wanted people only has agreed to agents again')
    .action((caseId: string, options: GiveBackOptions) =>
      onServer(running, options, async (baton) => {
        const { by, note, facts, intent, partialResults, to, userAgreed } = options;
        const added = facts === undefined ? {} : { facts: parseJsonObject(facts, '--facts') as never };
        return receiptAnswer(
          await baton.giveBack(caseId, {
            by,
            note,
            ...added,
            ...(intent === undefined ? {} : { intent }),
            ...(partialResults === undefined
              ? {}
              : { partialResults: parseJsonObject(partialResults, '--partial-results') as never }),
            ...(to === undefined ? {} : { to }),
            ...(userAgreed === undefined ? {} : { userAgreed }),
          }),
        );
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
