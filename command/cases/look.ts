import type { Command } from 'commander';
import type { BatonClient, ListFilter } from '../../client/index.ts';
import type { CaseView, HandoffRecord } from '../../contract/case.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Host } from '../host.ts';
import { listText, progressText, statusText, transcriptText, viewText } from '../output/case-texts.ts';
import { contextManifestOf, contextText } from '../output/context-text.ts';
import { inertJson } from '../output/inert.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, onServerAndContext, wholeNumber, withServerOptions } from '../run-command.ts';

/** `baton status` */
export function addStatus(program: Command, running: Running): void {
  withServerOptions(program.command('status'))
    .description('where a case stands; answers without a worker too')
    .argument('<case>', 'id of the case')
    .action((caseId: string, options: CommonOptions) =>
      onServer(running, options, async (baton) => {
        const status = await baton.status(caseId);
        return { json: status, text: statusText(status) };
      }),
    );
}

/** `baton show` */
export function addShow(program: Command, running: Running): void {
  withServerOptions(program.command('show'))
    .description('everything about a case: facts, handoffs, effects, reviews, dead letters, conversation')
    .argument('<case>', 'id of the case')
    .option('--context <hop>', 'only the context of one handoff, such as h1: what crossed, and what arrived')
    .action((caseId: string, options: CommonOptions & { context?: string }) =>
      onServerAndContext(running, options, async (baton) => {
        const view = await baton.show(caseId);
        if (options.context === undefined) return { json: view, text: viewText(view) };
        const manifest = contextManifestOf(handoffIn(view, options.context));
        return { json: manifest, text: contextText(manifest) };
      }),
    );
}

function handoffIn(view: CaseView, id: string): HandoffRecord {
  const found = view.handoffs.find((one) => one.id === id);
  if (found) return found;
  const there = view.handoffs.map((one) => one.id).join(', ');
  const detail = `--context ${JSON.stringify(id)}; handoffs of the case: ${there === '' ? 'none' : there}`;
  throw new BatonError(failure('INPUT_INVALID', detail, '--context'));
}

/** `baton list` */
export function addList(program: Command, running: Running): void {
  withServerOptions(program.command('list'))
    .description('cases, the newest first; needs no worker')
    .option('--team <name>', 'of this team')
    .option('--stage <stage>', 'in this stage')
    .option('--owner <owner>', 'owned by this agent, or people:<pool>')
    .option('--waiting-on <whom>', 'waiting on user, people, people:<pool> or nobody')
    .option('--open', 'only cases that have not ended')
    .option('--limit <number>', 'at most so many', wholeNumber('--limit'))
    .action((options: CommonOptions & ListFilter) =>
      onServer(running, options, async (baton) => {
        const { team, stage, owner, waitingOn, open, limit } = options;
        const cases = await baton.list({
          ...(team === undefined ? {} : { team }),
          ...(stage === undefined ? {} : { stage }),
          ...(owner === undefined ? {} : { owner }),
          ...(waitingOn === undefined ? {} : { waitingOn }),
          ...(open === undefined ? {} : { open }),
          ...(limit === undefined ? {} : { limit }),
        });
        return { json: { cases }, text: listText(cases) };
      }),
    );
}

/** `baton transcript` */
export function addTranscript(program: Command, running: Running): void {
  withServerOptions(program.command('transcript'))
    .description('the conversation of a case')
    .argument('<case>', 'id of the case')
    .action((caseId: string, options: CommonOptions) =>
      onServer(running, options, async (baton) => {
        const messages = await baton.transcript(caseId);
        return {
          json: { caseId, messages },
          text: messages.length === 0 ? 'nothing was said\n' : transcriptText(messages),
        };
      }),
    );
}

/** `baton watch`: with `--json` one document a line, because it goes on. */
export function addWatch(program: Command, running: Running): void {
  withServerOptions(program.command('watch'))
    .description(
      'the status of a case now and on every change, until it is closed; --json writes one line each',
    )
    .argument('<case>', 'id of the case')
    .option(
      '--interval <milliseconds>',
      'pause between two looks, 250 at least',
      wholeNumber('--interval'),
      500,
    )
    .option('--progress', 'what agents with a model say while they speak, too; reads the context store')
    .action((caseId: string, options: CommonOptions & { interval: number; progress?: boolean }) =>
      (options.progress === true ? onServerAndContext : onServer)(running, options, async (baton) => {
        const { host } = running;
        const telling =
          options.progress === true ? tellProgress(baton, caseId, host, options.json === true) : undefined;
        telling?.catch(() => undefined);
        for await (const status of baton.watch(caseId, {
          signal: host.signal,
          intervalMs: options.interval,
        })) {
          host.write(options.json === true ? `${inertJson(status)}\n` : statusText(status));
        }
        await telling;
        return { text: '' };
      }),
    );
}

/** Writes the feed of a case as it comes. */
async function tellProgress(
  baton: BatonClient,
  caseId: string,
  host: Pick<Host, 'write' | 'signal'>,
  json: boolean,
): Promise<void> {
  for await (const { offset, progress } of baton.followProgress(caseId, { signal: host.signal }))
    host.write(json ? `${inertJson({ offset, ...progress })}\n` : progressText(progress));
}
