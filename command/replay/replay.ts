import type { Command } from 'commander';
import type { History } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { EXIT } from '../exit-codes.ts';
import { inert, inertJson } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { Answer, CommonOptions, Running } from '../run-command.ts';
import { answering, onServer, payloadsHere, UsageError, withServerOptions } from '../run-command.ts';
import type { RunReplay } from './replay-run.ts';
import { readHistories } from './read-history.ts';
import type { StoryEntry } from './story.ts';
import { storyOf } from './story.ts';
import { storyLine } from './story-text.ts';

/** A history to replay, and what to call it. */
interface ToReplay {
  readonly name: string;
  readonly workflowId?: string;
  readonly history: History;
}

/** The replay of one history with what it tells. */
interface ReplayedHistory extends RunReplay {
  readonly name: string;
  readonly events: number;
  readonly ok: boolean;
  readonly story: readonly StoryEntry[];
}

/** `baton replay` */
export function addReplay(program: Command, running: Running): void {
  withServerOptions(program.command('replay'))
    .description('replay a case offline on this code, plain and strict, and tell what happened')
    .argument('[case]', 'id of the case: all its runs are read from the server')
    .option('--file <place>', 'a history file, or a folder of them; needs no server')
    .action((caseId: string | undefined, options: CommonOptions & { file?: string }) => {
      const { file } = options;
      if ((caseId === undefined) === (file === undefined)) throw new UsageError('give a case or --file');
      if (file !== undefined) {
        return answering(running, options, async () => {
          const payloads = await payloadsHere(running.host);
          const histories = await readHistories(file, payloads?.codec).finally(() => payloads?.close());
          return replayAnswer(
            await replayAll(histories.map((one) => ({ name: one.file, history: one.history }))),
          );
        });
      }
      return onServer(running, options, async (baton) => {
        const chain = await baton.histories(String(caseId));
        const { runs, erased } = chain;
        if (erased) throw new BatonError(failure('HISTORY_ERASED', JSON.stringify(chain.caseId)));
        return replayAnswer(
          await replayAll(
            runs.map(({ runId, history }, index) => ({
              name: runs.length === 1 ? chain.caseId : `${chain.caseId} (run ${String(index + 1)}, ${runId})`,
              workflowId: chain.caseId,
              history,
            })),
          ),
        );
      });
    });
}

/** Replays histories one after another on this release's workflow code. */
async function replayAll(histories: readonly ToReplay[]): Promise<readonly ReplayedHistory[]> {
  // Only a replay needs the worker's machinery, and bundling takes seconds.
  const { quietRuntime } = await import('./quiet-runtime.ts');
  const { replayBundle } = await import('./replay-bundle.ts');
  const { replayRun } = await import('./replay-run.ts');
  quietRuntime();
  const bundle = await replayBundle();
  const replayed: ReplayedHistory[] = [];
  for (const { name, workflowId, history } of histories) {
    const run = await replayRun({ history, bundle, ...(workflowId === undefined ? {} : { workflowId }) });
    replayed.push({
      ...run,
      name,
      events: history.events?.length ?? 0,
      ok: run.plain.ok && run.strict.difference === undefined,
      story: storyOf(history),
    });
  }
  return replayed;
}

function replayAnswer(replayed: readonly ReplayedHistory[]): Answer {
  const ok = replayed.every((one) => one.ok);
  return {
    json: { ok, replays: replayed },
    text: replayed.map(replayText).join('\n'),
    exitCode: ok ? EXIT.ok : EXIT.refused,
  };
}

function replayText(replayed: ReplayedHistory): string {
  const { name, events, plain, strict, story } = replayed;
  const { difference, retimed } = strict;
  return (
    `${inert(name)}, ${counted(events, 'event')}\n` +
    story.map(storyLine).join('') +
    (plain.ok ? '  plain replay: the same\n' : `  plain replay: DIVERGED: ${inert(plain.message, 500)}\n`) +
    (difference
      ? `  strict replay: DIVERGED at ${difference.eventId === undefined ? 'the end' : `event ${String(difference.eventId)}`}: ` +
        `${difference.kind}, ${inert(difference.field)}\n` +
        `    recorded ${inertJson(difference.recorded).slice(0, 500)}\n` +
        `    replayed ${inertJson(difference.replayed).slice(0, 500)}\n`
      : `  strict replay: the same, ${counted(strict.compared, 'command')}` +
        (retimed === undefined
          ? '\n'
          : `; the times of ${String(retimed)} are those of an earlier try of a workflow task that timed out\n`))
  );
}
