import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { CASE_QUEUE, CASE_WORKFLOW } from '../contract/queues.ts';
import { acknowledgementTimes } from './acknowledgement-times.ts';
import { millisecondsOf } from './server-time.ts';
import { caseInput, rawInput, type CasePlan } from './desk.ts';
import type { Side } from './worker-orders.ts';

/** What one case cost, as the server tells it. */
export interface PlayedCase {
  /** From its start to its close. */
  readonly ms: number;
  readonly historyBytes: number;
  readonly historyEvents: number;
  /** For each handoff, milliseconds from the source's answer to the receiver's acknowledgement; Baton only. */
  readonly acknowledgeMs: readonly number[];
}

/** How many cases, and how many at once. */
export interface Batch {
  readonly cases: number;
  readonly concurrency: number;
  /** Histories to read for acknowledgements; of the first cases. */
  readonly histories?: number;
}

/** Starts one case of either side. */
export function startCase(client: Client, side: Side, plan: CasePlan): Promise<WorkflowHandle> {
  // A short workflow task timeout on both sides: the recovery that Baton promises starts from it.
  const shared = { workflowId: `bench-${side}-${randomUUID()}`, workflowTaskTimeout: '2 seconds' } as const;
  return side === 'baton'
    ? client.workflow.start(CASE_WORKFLOW, { ...shared, taskQueue: CASE_QUEUE, args: [caseInput(plan)] })
    : client.workflow.start('rawCase', { ...shared, taskQueue: 'raw', args: [rawInput(plan)] });
}

/** Plays cases to their end, so many at once, and then asks the server what they cost. */
export async function playCases(
  client: Client,
  side: Side,
  plan: CasePlan,
  batch: Batch,
): Promise<readonly PlayedCase[]> {
  const handles: WorkflowHandle[] = [];
  let left = batch.cases;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const handle = await startCase(client, side, plan);
      handles.push(handle);
      await handle.result();
    }
  };
  await Promise.all(Array.from({ length: batch.concurrency }, lane));
  const played: PlayedCase[] = [];
  for (const [index, handle] of handles.entries()) {
    played.push(await costOf(handle, side === 'baton' && index < (batch.histories ?? 0)));
  }
  return played;
}

async function costOf(handle: WorkflowHandle, withHistory: boolean): Promise<PlayedCase> {
  const { raw, historyLength, historySize } = await handle.describe();
  const { startTime, closeTime } = raw.workflowExecutionInfo ?? {};
  return {
    ms: millisecondsOf(closeTime) - millisecondsOf(startTime),
    historyBytes: historySize ?? 0,
    historyEvents: historyLength,
    acknowledgeMs: withHistory ? acknowledgementTimes(await handle.fetchHistory()) : [],
  };
}
