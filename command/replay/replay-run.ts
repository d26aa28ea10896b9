import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { History } from '../../client/history/history.ts';
import type { Comparison } from './compare-strictly.ts';
import { compareStrictly } from './compare-strictly.ts';
import { recordedWork } from './recorded-steps.ts';
import { gatherReplayedWork } from './replayed-steps.ts';

/** Workflow code to replay on, made by `replayBundle` so that it reports its commands. */
export type ReplayBundle = Pick<WorkflowBundleWithSourceMap, 'code'>;

/** What became of the replay of one run, offline. */
export interface RunReplay {
  /** Whether the SDK could play the history to its end on this code. */
  readonly plain: { readonly ok: true } | { readonly ok: false; readonly message: string };
  /** Whether the code did exactly what the history says. */
  readonly strict: Comparison;
}

/**
 * Replays one run on a bundle of workflow code, plain and strict at once. Needs no server.
 * @param request the workflow id is part of what the code sees, so it must be the recorded one; it is read from the
 * history where that has it (servers since 1.24)
 */
export async function replayRun(request: {
  readonly history: History;
  readonly workflowId?: string;
  readonly bundle: ReplayBundle;
}): Promise<RunReplay> {
  const { history, bundle } = request;
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const workflowId = started?.workflowId || (request.workflowId ?? 'unknown');
  const gathered = gatherReplayedWork();
  const sinks = {
    strictReplay: {
      commands: {
        fn: (_info: unknown, historyLength: number, commands: readonly unknown[]): void => {
          gathered.take(historyLength, commands);
        },
        callDuringReplay: true,
      },
    },
  };
  // A replay worker takes a queue too, though its type does not say so: code that reads its own queue must see the
  // recorded one.
  const options = { workflowBundle: bundle, sinks, taskQueue: started?.taskQueue?.name ?? 'unknown' };
  const failed = await Worker.runReplayHistory(options, history, workflowId).then(
    () => undefined,
    (error: unknown) => error,
  );
  const strict = compareStrictly(recordedWork(history.events ?? []), gathered.work());
  if (failed === undefined) return { plain: { ok: true }, strict };
  const message = failed instanceof Error ? failed.message : 'the replay failed';
  return { plain: { ok: false, message }, strict };
}
