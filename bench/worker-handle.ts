import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Asked, WorkerAnswer, WorkerOrder, WorkerQuestion } from './worker-orders.ts';

/** A worker process of the bench. */
export interface WorkerHandle {
  /** Processor time so far, in milliseconds. */
  readonly cpuMs: () => Promise<number>;
  /** Bytes that its JavaScript keeps alive; only of a process started `forMemory`. */
  readonly heapBytes: () => Promise<number>;
  /** Puts the records of the support desk as they are to be at the start of a case. */
  readonly seed: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a worker process and waits until it polls. It ends with us, however we end.
 * @param options `forMemory` runs the workflows in the main thread, where garbage can be collected before weighing;
 * `profileFolder` takes CPU profiles of all threads
 */
export async function startWorker(
  order: Omit<WorkerOrder, 'folder'>,
  options: { readonly forMemory?: boolean; readonly profileFolder?: string } = {},
): Promise<WorkerHandle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bench-'));
  const whole: WorkerOrder = { ...order, folder };
  const place =
    order.side === 'openai-agents'
      ? new URL('openai-agents/worker-process.mts', import.meta.url)
      : new URL('worker-process.ts', import.meta.url);
  const child = fork(fileURLToPath(place), [JSON.stringify(whole)], {
    execArgv: [
      ...process.execArgv,
      ...(options.forMemory === true ? ['--expose-gc'] : []),
      ...(options.profileFolder === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-dir', path.join(options.profileFolder, order.side)]),
    ],
    env: { ...process.env, ...(options.forMemory === true ? { TEMPORAL_DEBUG: '1' } : {}) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (figure: number) => void>();
  const failed = exited.then(() => {
    throw new Error(`the worker process of ${order.side} ended by itself; its output says why`);
  });
  failed.catch(() => undefined);
  const ready = new Promise<void>((resolve) => {
    child.on('message', (answer: WorkerAnswer) => {
      switch (answer.kind) {
        case 'ready':
          resolve();
          return;
        case 'figure':
          waiting.get(answer.id)?.(answer.figure);
          waiting.delete(answer.id);
          return;
      }
    });
  });
  let asked = 0;
  const ask = async (question: WorkerQuestion): Promise<number> => {
    asked += 1;
    const sent: Asked = { id: asked, question };
    const figure = new Promise<number>((resolve) => {
      waiting.set(sent.id, resolve);
    });
    child.send(sent);
    return Promise.race([figure, failed]);
  };
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  };
  await Promise.race([ready, failed]);
  return { cpuMs: () => ask('cpu'), heapBytes: () => ask('heap'), seed: () => ask('seed'), stop };
}
