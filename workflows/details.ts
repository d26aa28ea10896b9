import { setCurrentDetails, type WorkflowInterceptors } from '@temporalio/workflow';

/** Of this workflow alone: only what `shared-modules.ts` reaches is shared among workflows. */
let details: (() => string) | undefined;

/** Says how this workflow's current details read, which the Temporal UI shows. Called when somebody looks. */
export function describeBy(describe: () => string): void {
  details = describe;
}

/**
 * Interceptor module of every case worker: puts the current details in order before a query is answered, and only
 * then. They travel in no command, so nobody sees them otherwise, and a handoff changes them several times.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          if (details && (input.activation.jobs ?? []).some((job) => job.queryWorkflow != null))
            setCurrentDetails(details());
          next(input);
        },
      },
    ],
  };
}
