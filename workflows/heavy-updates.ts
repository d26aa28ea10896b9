import type { ActivateInput, WorkflowInterceptors } from '@temporalio/workflow';
import { REFUSABLE_UPDATE_BYTES } from '../contract/limits.ts';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];
type Update = NonNullable<Job['doUpdate']>;

/**
 * Interceptor module of every case worker (X11): leaves an update unanswered that is too large to be refused.
 *
 * A worker's refusal quotes the update. Where that is larger than the server's limit for a payload, the server (1.31)
 * terminates the workflow, unless the update came with a speculative workflow task, which leaves no trace. So whoever
 * sends an update around our doors could end a case. What nobody answers is refused by the server itself when the
 * workflow task completes; it was never accepted, so no history and no replay knows of it.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          const jobs = input.activation.jobs ?? [];
          if (jobs.some(isTooLarge)) input.activation.jobs = jobs.filter((job) => !isTooLarge(job));
          next(input);
        },
      },
    ],
  };
}

/** Only what may still be refused: what the history holds was accepted. */
function isTooLarge({ doUpdate }: Job): boolean {
  return doUpdate?.runValidator === true && bytesOf(doUpdate) > REFUSABLE_UPDATE_BYTES;
}

function bytesOf({ input, headers }: Update): number {
  return [...(input ?? []), ...Object.values(headers ?? {})].reduce(
    (sum, { data }) => sum + (data?.length ?? 0),
    0,
  );
}
