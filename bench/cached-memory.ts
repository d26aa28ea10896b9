import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { QUERIES } from '../contract/messages.ts';
import { median } from './arithmetic.ts';
import { startCase } from './play-cases.ts';
import { metric, type Metric } from './report.ts';
import { startWorker, type WorkerHandle } from './worker-handle.ts';

/** Where memory is measured. */
export interface MemoryArena {
  readonly client: Client;
  readonly address: string;
  readonly namespace: string;
  readonly progress: (line: string) => void;
}

/**
 * What one more cached case keeps alive in the worker: cases with one handoff behind them that wait for their user.
 * Held against the same workflow, with the same cases, without zod.
 */
export async function measureCachedMemory(arena: MemoryArena, cases: number): Promise<Metric> {
  const withZod = await kilobytesPerCase(arena, cases, false);
  const without = await kilobytesPerCase(arena, cases, true);
  return metric('cached_kb', 1, { baton: withZod, raw: without, unit: 'kB' });
}

async function kilobytesPerCase(arena: MemoryArena, cases: number, withoutZod: boolean): Promise<number> {
  const { client, address, namespace } = arena;
  const worker = await startWorker({ side: 'baton', address, namespace, withoutZod }, { forMemory: true });
  const opened: WorkflowHandle[] = [];
  try {
    // The first cases fill what all of them share.
    opened.push(...(await openCases(client, 30)));
    const weights = [await worker.heapBytes()];
    for (let step = 0; step < 3; step += 1) {
      opened.push(...(await openCases(client, cases)));
      weights.push(await worker.heapBytes());
    }
    const perCase = weights.slice(1).map((weight, index) => (weight - (weights[index] ?? 0)) / cases / 1_000);
    arena.progress(
      `memory ${withoutZod ? 'without zod' : 'as it is'}: ${perCase.map((one) => one.toFixed(1)).join(', ')} kB a case`,
    );
    return median(perCase);
  } finally {
    await end(worker, opened);
  }
}

async function openCases(client: Client, cases: number): Promise<readonly WorkflowHandle[]> {
  const handles: WorkflowHandle[] = [];
  for (let opened = 0; opened < cases; opened += 1) {
    handles.push(await startCase(client, 'baton', { handoffs: 1, ending: 'wait' }));
  }
  for (const handle of handles) await untilItWaits(handle);
  return handles;
}

async function untilItWaits(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const { stage, ledgerLag } = await handle.query(QUERIES.show);
    if (stage === 'waiting-user' && ledgerLag === 0) return;
    await setTimeout(200);
  }
}

async function end(worker: WorkerHandle, opened: readonly WorkflowHandle[]): Promise<void> {
  await worker.stop();
  for (const handle of opened) await handle.terminate('the bench is over').catch(() => undefined);
}
