import type { Command } from 'commander';
import type { Unmasked } from '../../client/index.ts';
import { inert, inertLines } from '../output/inert.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServerAndContext, UsageError, withServerOptions } from '../run-command.ts';

interface UnmaskOptions extends CommonOptions {
  readonly by: string;
  readonly field?: string;
  readonly reason?: string;
  readonly hop?: string;
  readonly grant?: string;
}

/** `baton unmask` */
export function addUnmask(program: Command, running: Running): void {
  withServerOptions(program.command('unmask'))
    .description('see what an edge has masked, on record: who, why, which field')
    .argument('<case>', 'id of the case')
    .requiredOption('--by <person>', 'who looks, somebody whose role allows it')
    .option('--field <path>', 'the masked field, as `baton show` names it')
    .option('--reason <text>', 'why')
    .option('--hop <handoff>', 'the handoff that masked it, such as h1; the last one that did when absent')
    .option('--grant <id>', 'use leave that was given before, instead of asking for it')
    .action((caseId: string, options: UnmaskOptions) =>
      onServerAndContext(running, options, async (baton) => {
        const { by, field, reason, hop, grant } = options;
        if (grant !== undefined) return answerOf(await baton.redeemGrant(caseId, { grantId: grant, by }));
        if (field === undefined) throw new UsageError('give --field: what to see');
        if (reason === undefined) throw new UsageError('give --reason: a look without one is refused');
        const handoff = hop === undefined ? {} : { handoffId: hop };
        return answerOf(await baton.unmask(caseId, { by, field, reason, ...handoff }));
      }),
    );
}

function answerOf(unmasked: Unmasked): { readonly json: Unmasked; readonly text: string } {
  const { handoffId, field, values, grantId } = unmasked;
  const texts = values.map((value) => `  ${inertLines(value, '  ')}\n`).join('');
  return { json: unmasked, text: `${inert(field)} of ${inert(handoffId)} (${inert(grantId)})\n${texts}` };
}
