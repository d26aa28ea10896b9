import type { ActivityInterceptors } from '@temporalio/worker';

/** Gives every log line of an activity the case and trace it works for (H4, M8). */
export function caseLogAttributes(): ActivityInterceptors {
  let ofCase: Record<string, unknown> = {};
  return {
    inbound: {
      execute: (input, next) => {
        const { caseId, trace, agent }: Record<string, unknown> = {
          ...(input.args[0] as object | undefined),
        };
        ofCase = { ...(caseId ? { caseId } : {}), ...(trace ? { trace } : {}), ...(agent ? { agent } : {}) };
        return next(input);
      },
    },
    outbound: { getLogAttributes: (input, next) => next({ ...input, ...ofCase }) },
  };
}
