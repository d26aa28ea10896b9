import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createGates } from './gates.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';
import type { StoreAnswer } from './held-team.ts';

/** What a worker process is to do. Plain JSON: it crosses a process boundary. */
export interface WorkerProcessOrder {
  readonly address: string;
  /** Name of a team of `held-team.ts`. */
  readonly team: string;
  readonly caseQueue: string;
  /** Addresses of the stores; they must be two. */
  readonly ledger: string;
  readonly records: string;
  /** Path of the bundle of the workflows. */
  readonly bundle: string;
  /** Cases and agents, or agents only. */
  readonly serves: 'all' | 'agents';
  /** Activities at once: a process all of whose places are held up takes no further task. */
  readonly activitiesAtOnce?: number;
  /** Moments at which its work waits for {@link WorkerProcess.go}. */
  readonly holdAt: readonly string[];
}

/** What a worker process says. */
export type FromWorkerProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'at'; readonly moment: string }
  | { readonly kind: 'heard'; readonly answer: StoreAnswer };

/** What a worker process is told. */
export type ToWorkerProcess = { readonly kind: 'go'; readonly moment: string } | { readonly kind: 'stop' };

/** A worker in a process of its own, to be stopped, continued and killed as the operating system does it. */
export interface WorkerProcess {
  /** Waits until its work has come to a moment at which it is held up. */
  readonly reached: (moment: string) => Promise<void>;
  /** Lets held work go on; a stopped process hears it once it continues. */
  readonly go: (moment: string) => void;
  /** Waits for the store's answer to an attempt, `<id> <attempt>`. */
  readonly answer: (of: string) => Promise<StoreAnswer['outcome']>;
  /** Everything the store has answered so far. */
  readonly answers: () => readonly StoreAnswer[];
  readonly pause: () => void;
  readonly resume: () => void;
  /** SIGKILL; resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Ends it in whatever state it is. */
  readonly stop: () => Promise<void>;
}

/** How long an orderly end may take before it is forced, in milliseconds. */
const stopMs = 5_000;

/** Starts a worker process; resolves when it polls. */
export async function startWorkerProcess(order: WorkerProcessOrder): Promise<WorkerProcess> {
  const program = await compiledProgram('test/support/worker-process.ts');
  const child = fork(program, [JSON.stringify(order)], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    execArgv: [],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const gone = once(child, 'exit');
  const gates = createGates();
  const answers: StoreAnswer[] = [];
  child.on('message', (message: FromWorkerProcess) => {
    switch (message.kind) {
      case 'ready':
        gates.open('ready');
        return;
      case 'at':
        void gates.pass(message.moment);
        return;
      case 'heard':
        answers.push(message.answer);
        gates.open(`answer ${message.answer.of}`);
        return;
    }
  });
  const send = (message: ToWorkerProcess): void => {
    if (child.connected) child.send(message, () => undefined);
  };
  await Promise.race([
    gates.pass('ready'),
    gone.then(([code]) => {
      throw new Error(`the worker process ended with ${String(code)} before it was ready`);
    }),
  ]);
  return {
    reached: gates.reached,
    go: (moment) => {
      send({ kind: 'go', moment });
    },
    answer: async (of) => {
      await gates.pass(`answer ${of}`);
      const found = answers.find((one) => one.of === of);
      if (!found) throw new Error(`no answer to ${of}`);
      return found.outcome;
    },
    answers: () => answers,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    stop: async () => {
      child.kill('SIGCONT');
      send({ kind: 'stop' });
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await gone;
      clearTimeout(timer);
    },
  };
}
