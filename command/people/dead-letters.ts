import type { Command } from 'commander';
import { receiptAnswer } from '../cases/speak.ts';
import { parseJsonObject } from '../input.ts';
import { deadLetterText } from '../output/case-texts.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, wholeNumber, withServerOptions } from '../run-command.ts';
import { unansweredText } from './reviews.ts';

interface LetterOptions extends CommonOptions {
  readonly by: string;
  readonly reason: string;
}

/** `baton dead-letters` */
export function addDeadLetters(program: Command, running: Running): void {
  withServerOptions(program.command('dead-letters'))
    .description('work that waits for a person: the open ones of all cases, or all of one')
    .argument('[case]', 'id of the case')
    .option('--limit <number>', 'look at so many cases at most', wholeNumber('--limit'))
    .action((caseId: string | undefined, options: CommonOptions & { limit?: number }) =>
      onServer(running, options, async (baton) => {
        const { limit } = options;
        const found = await baton.deadLetters({
          ...(caseId === undefined ? {} : { caseId }),
          ...(limit === undefined ? {} : { limit }),
        });
        const texts = found.items.map((item) => deadLetterText(item.caseId, item.deadLetter));
        const text = texts.length === 0 ? 'no dead letters\n' : texts.join('\n');
        return {
          json: { deadLetters: found.items, unanswered: found.unanswered },
          text: text + unansweredText(found),
        };
      }),
    );
}

function letterCommand(program: Command, name: string): Command {
  return withServerOptions(program.command(name))
    .argument('<case>', 'id of the case')
    .argument('<dead-letter>', 'id of the dead letter')
    .requiredOption('--by <person>', 'who acts, a member of a pool of the team')
    .requiredOption('--reason <text>', 'why');
}

/** `baton redrive` */
export function addRedrive(program: Command, running: Running): void {
  letterCommand(program, 'redrive')
    .description('try a dead letter again')
    .option('--correction <json>', 'facts to use instead of those of the same name, a JSON object')
    .action((caseId: string, deadLetterId: string, options: LetterOptions & { correction?: string }) =>
      onServer(running, options, async (baton) => {
        const { by, reason, correction } = options;
        const corrected =
          correction === undefined
            ? {}
            : { correction: parseJsonObject(correction, '--correction') as never };
        return receiptAnswer(await baton.redrive(caseId, { deadLetterId, by, reason, ...corrected }));
      }),
    );
}

/** `baton discard` */
export function addDiscard(program: Command, running: Running): void {
  letterCommand(program, 'discard')
    .description('give a dead letter up')
    .action((caseId: string, deadLetterId: string, options: LetterOptions) =>
      onServer(running, options, async (baton) => {
        const { by, reason } = options;
        return receiptAnswer(await baton.discard(caseId, { deadLetterId, by, reason }));
      }),
    );
}
