import type { History } from '../../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import { inert, inertJson } from '../output/inert.ts';
import { counted } from '../output/table.ts';
import type { Answer } from '../run-command.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { replayBundle } from './replay-bundle.ts';
import { replayRun, type RunReplay } from './replay-run.ts';
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

/** Replays histories one after another on this release's workflow code, and answers for what came of it. */
export async function replayHistories(histories: readonly ToReplay[]): Promise<Answer> {
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
  return replayAnswer(replayed);
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
