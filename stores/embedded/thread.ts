import { Worker } from 'node:worker_threads';
import { BatonError, failure } from '../../contract/failures.ts';
import type { DatabaseReply, DatabaseRequest, Numbered, WorkerSettings } from './protocol.ts';

/** The thread of one database. */
export interface DatabaseThread {
  /** @throws a failure `STORE_UNAVAILABLE` once the thread has ended */
  ask(request: DatabaseRequest): Promise<DatabaseReply>;
  /** Closes the file, then ends the thread. */
  close(): Promise<void>;
}

/** Starts the thread of a database. While nothing is asked of it, it keeps no process alive. */
export function startThread(settings: WorkerSettings): DatabaseThread {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: settings,
    name: 'baton-store',
    // Loaders, debuggers and other options of the process are not for this thread.
    execArgv: [],
  });
  worker.unref();
  const waiting = new Map<
    number,
    { resolve: (reply: DatabaseReply) => void; reject: (error: Error) => void }
  >();
  let ended: BatonError | undefined;
  let requests = 0;

  const end = (reason: string): void => {
    ended ??= new BatonError(failure('STORE_UNAVAILABLE', `${settings.path}: ${reason}`));
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('message', ({ id, ...reply }: Numbered<DatabaseReply>) => {
    waiting.get(id)?.resolve(reply);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  });
  worker.on('error', (thrown) => {
    end(`its thread failed: ${String(thrown)}`);
  });
  worker.on('exit', () => {
    end('it is closed');
  });

  const ask = async (request: DatabaseRequest): Promise<DatabaseReply> => {
    if (ended !== undefined) throw ended;
    requests += 1;
    const id = requests;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...request, id } satisfies Numbered<DatabaseRequest>);
    });
  };
  return {
    ask,
    close: async () => {
      await ask({ kind: 'close' }).catch(() => undefined);
      end('it is closed');
      await worker.terminate();
    },
  };
}
