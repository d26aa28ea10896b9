import type { Command } from 'commander';
import type { Found } from '../../client/index.ts';
import { reviewText, unmaskableText } from '../output/case-texts.ts';
import { inert } from '../output/inert.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, wholeNumber, withServerOptions } from '../run-command.ts';

/** What could not be asked, as a last line for people. */
export function unansweredText(found: Found<unknown>): string {
  return found.unanswered.length === 0
    ? ''
    : `no worker answered for: ${found.unanswered.map((caseId) => inert(caseId)).join(', ')}\n`;
}

/** `baton reviews` */
export function addReviews(program: Command, running: Running): void {
  withServerOptions(program.command('reviews'))
    .description('reviews that wait for people, the soonest to expire first')
    .option('--pool <name>', 'of this pool')
    .option('--limit <number>', 'look at so many cases at most', wholeNumber('--limit'))
    .action((options: CommonOptions & { pool?: string; limit?: number }) =>
      onServer(running, options, async (baton) => {
        const { pool, limit } = options;
        const found = await baton.reviews({
          ...(pool === undefined ? {} : { pool }),
          ...(limit === undefined ? {} : { limit }),
        });
        const texts = found.items.map(
          (item) =>
            `${inert(item.caseId)} (${inert(item.team)}, ${inert(item.owner)}) ${reviewText(item.review)}` +
            (item.masked ? `  masked\n    ${unmaskableText(item.masked)}\n` : ''),
        );
        const text = texts.length === 0 ? 'no open reviews\n' : texts.join('\n');
        return {
          json: { reviews: found.items, unanswered: found.unanswered },
          text: text + unansweredText(found),
        };
      }),
    );
}
