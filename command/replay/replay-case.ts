import type { History } from '../../client/index.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { replayBundle } from './replay-bundle.ts';
import { replayRun } from './replay-run.ts';

/** Whether all runs of a case replay on this release's workflow code, plain and strict. Needs no server. */
export async function caseReplays(caseId: string, histories: readonly History[]): Promise<boolean> {
  quietRuntime();
  const bundle = await replayBundle();
  for (const history of histories) {
    const { plain, strict } = await replayRun({ history, workflowId: caseId, bundle });
    if (!plain.ok || strict.difference !== undefined) return false;
  }
  return histories.length > 0;
}
