import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { compiledProgram } from '../setup/compiled-sources.ts';
import type { Build } from './skew-team.ts';

/** What a process of one build is to do. */
export interface BuildOrder {
  readonly build: Build;
  readonly address: string;
  readonly team: string;
  /** Address of ledger and manifests. */
  readonly ledger: string;
}

/** How long an orderly end may take before it is forced, in milliseconds. */
const STOP_MS = 5_000;

/**
 * Starts the agents of one build in a process of their own; resolves when they poll.
 * @returns ends the process
 */
export async function startBuild(order: BuildOrder): Promise<() => Promise<void>> {
  const program = await compiledProgram('test/support/skew-process.ts');
  const child = fork(program, [JSON.stringify(order)], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    execArgv: [],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const gone = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    gone.then(([code]) => {
      throw new Error(`the ${order.build} build ended with ${String(code)} before it was ready`);
    }),
  ]);
  return async () => {
    if (child.connected) child.send('stop', () => undefined);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  };
}
