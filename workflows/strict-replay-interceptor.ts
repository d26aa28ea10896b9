import type { Sinks, WorkflowInterceptors } from '@temporalio/workflow';
import { proxySinks, workflowInfo } from '@temporalio/workflow';

/**
 * Where the strict replay hears of commands: `historyLength` tells the workflow task, `commands` are the SDK's own
 * `IWorkflowCommand`s as they leave the sandbox. The host looks at them with care, so they are `unknown` here.
 */
export interface StrictReplaySinks extends Sinks {
  strictReplay: {
    commands(historyLength: number, commands: readonly unknown[]): void;
  };
}

const { strictReplay } = proxySinks<StrictReplaySinks>();

/**
 * Interceptor module of the strict replay (I10): tells the host every command that the replayed code emits. Only
 * the bundle of a replay contains it; it adds no command of its own, so a plain replay with it is a plain replay.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        concludeActivation(input, next) {
          const output = next(input);
          if (output.commands.length > 0) {
            strictReplay.commands(workflowInfo().historyLength, output.commands);
          }
          return output;
        },
      },
    ],
  };
}
