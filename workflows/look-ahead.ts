import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';
import { ApplicationFailure } from '@temporalio/workflow';
import { LOOK_AHEAD } from '../contract/look-ahead.ts';

type Activation = ActivateInput['activation'];
type Job = NonNullable<Activation['jobs']>[number];

/**
 * Interceptor module of every case worker (I10): keeps a query from running a case ahead of its history.
 *
 * A query that waits for a worker, to a case that no worker has in memory, is answered by the SDK (1.24) from the
 * whole history: also from events that no workflow task has been given yet. The case would decide on them at the time
 * of the task before, the SDK would build the next task on that state without a further activation, and every replay
 * would see the task's own time: other times in rows, and timers elsewhere. Such an activation brings news from
 * outside under the very workflow task of the one before it, which nothing else does: what a task brings along with
 * its first activation is all that it brings, but for what the workflow did itself (local activities, cancellations).
 *
 * It is refused by an error: the query fails with {@link LOOK_AHEAD}, and the SDK forgets the case, which then starts
 * again from its history, with the task that is on its way.
 */
export function interceptors(): WorkflowInterceptors {
  let last: string | undefined;
  return {
    internals: [
      {
        activate(input, next) {
          if (input.batchIndex === 0) {
            const task = taskOf(input.activation);
            if (task !== undefined && task === last && isAhead(input.activation)) {
              throw ApplicationFailure.create({ type: LOOK_AHEAD.type, message: LOOK_AHEAD.message });
            }
            last = task;
          }
          next(input);
        },
      },
    ],
  };
}

/**
 * What tells one workflow task from another. Time alone does not: a server's clock may go back. Unknown where the
 * server does not say how large the history is.
 */
function taskOf({ timestamp, historySizeBytes }: Activation): string | undefined {
  const bytes = String(historySizeBytes ?? 0);
  return bytes === '0' ? undefined : `${String(timestamp?.seconds)}.${String(timestamp?.nanos)} ${bytes}`;
}

function isAhead({ isReplaying, jobs }: Activation): boolean {
  return isReplaying !== true && (jobs ?? []).some(isNews);
}

/** What only a workflow task of its own brings. */
function isNews({ resolveActivity, fireTimer, signalWorkflow, cancelWorkflow }: Job): boolean {
  if (resolveActivity) return resolveActivity.isLocal !== true && resolveActivity.result?.cancelled == null;
  return [fireTimer, signalWorkflow, cancelWorkflow].some((job) => job != null);
}
