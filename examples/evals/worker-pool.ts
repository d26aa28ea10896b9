import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { FromWorker, ToWorker, WorkerOrder } from './worker-messages.ts';

/** The worker processes of a run. */
export interface WorkerPool {
  /** How often a worker has been killed by a fault. */
  readonly kills: () => number;
  /** Lets the workers close the store of a case that has ended. */
  readonly forget: (caseId: string) => void;
  /** Ends them all. */
  readonly stop: () => Promise<void>;
}

/** Starts in a row that may fail before the run is given up. */
const PATIENCE = 20;

/** How long an orderly end may take before it is forced, in milliseconds. */
const STOP_MS = 10_000;

/**
 * Starts one process for cases and two for agents, and starts each again when it dies, as whoever runs workers in
 * production does. Resolves when all are ready.
 * @param program file of the worker process
 * @param onMessage handles what a worker tells; for a visit, the worker goes on when it resolves
 * @param onGone told when a process cannot be kept alive
 */
export async function startWorkers<Told>(
  program: string,
  order: Omit<WorkerOrder, 'role'>,
  onMessage: (message: FromWorker<Told>) => Promise<void>,
  onGone: (why: Error) => void,
): Promise<WorkerPool> {
  const children = new Set<ChildProcess>();
  let stopping = false;
  let kills = 0;

  const start = (role: WorkerOrder['role'], failures: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(program, [JSON.stringify({ ...order, role })], {
        execArgv: program.endsWith('.ts') ? ['--import', 'tsx'] : [],
        stdio: ['ignore', 2, 2, 'ipc'],
      });
      children.add(child);
      let ready = false;
      child.on('message', (message: FromWorker<Told>) => {
        if (message.kind === 'ready') {
          ready = true;
          resolve();
        }
        if (message.kind === 'dying') kills += 1;
        void onMessage(message).finally(() => {
          if (message.kind === 'visit') send(child, { kind: 'go', id: message.id });
        });
      });
      child.once('exit', (code, signal) => {
        children.delete(child);
        if (stopping) {
          reject(new Error('the run was stopped'));
          return;
        }
        const inARow = ready ? 0 : failures + 1;
        if (inARow >= PATIENCE) {
          const why = new Error(`a worker process cannot start (${signal ?? `exit code ${code ?? '?'}`})`);
          reject(why);
          onGone(why);
          return;
        }
        setTimeout(() => {
          start(role, inARow).then(resolve, reject);
        }, inARow * 100);
      });
    });

  const pool: WorkerPool = {
    kills: () => kills,
    forget: (caseId) => {
      for (const child of children) send(child, { kind: 'forget', caseId });
    },
    stop: async () => {
      stopping = true;
      await Promise.all([...children].map(end));
    },
  };
  try {
    await Promise.all([start('cases', 0), start('agents', 0), start('agents', 0)]);
  } catch (thrown) {
    await pool.stop();
    throw thrown;
  }
  return pool;
}

function send(child: ChildProcess, message: ToWorker): void {
  // A worker that has just died hears nothing; its work is repeated elsewhere.
  if (child.connected) child.send(message, () => undefined);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  send(child, { kind: 'stop' });
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}
