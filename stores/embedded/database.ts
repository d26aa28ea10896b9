import { mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { BatonError, failure } from '../../contract/failures.ts';
import { sharedResources } from '../shared-resources.ts';
import { claimHost, hostIdentity, type HostClaim } from './host-claim.ts';
import type { DatabaseReply, DatabaseRequest, DatabaseStep, StepResult, WorkerSettings } from './protocol.ts';

/** How long a transaction waits for one of another process, in milliseconds. */
const BUSY_TIMEOUT_MS = 5_000;

/** Runs steps and answers their results. */
export type RunSteps = (steps: readonly DatabaseStep[]) => Promise<readonly StepResult[]>;

/** The writing transaction while somebody holds it. */
export interface EmbeddedTransaction {
  readonly run: RunSteps;
  /** Puts off steps whose results nobody needs: they travel with the next ones, or with the commit. */
  readonly queue: (steps: readonly DatabaseStep[]) => void;
}

/**
 * One SQLite file, served by a thread of its own. Within a process it has one writing connection, whose transactions
 * queue up here, and one reading connection that sees what is committed. Processes of one host queue up in SQLite.
 */
export interface EmbeddedDatabase {
  readonly path: string;
  readonly read: RunSteps;
  /** Runs steps as one transaction; false, and nothing changed, when a step did not change what it must. */
  atomic(steps: readonly DatabaseStep[]): Promise<boolean>;
  /** Holds the only writing transaction while `work` runs; keeps its writes when it answers, drops them when it throws. */
  transact<Answer>(work: (transaction: EmbeddedTransaction) => Promise<Answer>): Promise<Answer>;
}

interface OpenDatabase extends EmbeddedDatabase {
  close(): Promise<void>;
}

const openDatabases = sharedResources<OpenDatabase>({
  open: (file) => startDatabase(file, hostIdentity()),
  close: (database) => database.close(),
});

/** One store's use of a database. */
export interface EmbeddedHandle {
  readonly database: EmbeddedDatabase;
  readonly close: () => Promise<void>;
}

/** Options of embedded stores. */
export interface EmbeddedOptions {
  /** What this host is called in the claim on the file; by default the boot id of the kernel, else the host's name. */
  readonly host?: string;
}

/**
 * Opens a database file, with its folder when that is missing. Stores of one process share the connections to a file.
 * @throws a failure `STORE_IN_USE` when another host has it open, `CONFIGURATION_INVALID` when the path cannot be one
 */
export async function openEmbedded(file: string, options: EmbeddedOptions = {}): Promise<EmbeddedHandle> {
  const { host } = options;
  const place = await prepareFolder(file);
  const shared = await openDatabases(
    place,
    host === undefined ? undefined : (key) => startDatabase(key, host),
  );
  return { database: shared.value, close: () => shared.release() };
}

async function prepareFolder(file: string): Promise<string> {
  const absolute = path.resolve(file);
  try {
    await mkdir(path.dirname(absolute), { recursive: true });
    const place = await realpath(absolute).catch(async () =>
      path.join(await realpath(path.dirname(absolute)), path.basename(absolute)),
    );
    const found = await stat(place).catch(() => undefined);
    if (found !== undefined && !found.isFile()) throw new Error('it is not a file');
    return place;
  } catch (thrown) {
    throw notUsable(absolute, thrown);
  }
}

async function startDatabase(place: string, host: string): Promise<OpenDatabase> {
  const claim = await claimHost(place, host).catch((thrown: unknown) => {
    throw thrown instanceof BatonError ? thrown : notUsable(place, thrown);
  });
  const database = connect(place, claim);
  try {
    // The first step of the writing connection opens the file, turns WAL on and notices what is not a database.
    await database.transact(({ run }) => run([{ sql: 'SELECT count(*) FROM sqlite_schema' }]));
    return database;
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

function connect(place: string, claim: HostClaim): OpenDatabase {
  const thread = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: { path: place, busyTimeoutMs: BUSY_TIMEOUT_MS } satisfies WorkerSettings,
    name: 'baton-store',
  });
  const waiting = new Map<
    number,
    { resolve: (reply: DatabaseReply) => void; reject: (error: Error) => void }
  >();
  let dead: BatonError | undefined;
  let requests = 0;
  // An idle store keeps no process alive; a pending request does.
  thread.unref();
  const settle = (id: number): void => {
    waiting.delete(id);
    if (waiting.size === 0) thread.unref();
  };
  thread.on('message', (reply: DatabaseReply) => {
    waiting.get(reply.id)?.resolve(reply);
    settle(reply.id);
  });
  const die = (reason: string): void => {
    dead ??= new BatonError(failure('STORE_UNAVAILABLE', `${place}: ${reason}`));
    for (const [id, { reject }] of waiting) {
      reject(dead);
      settle(id);
    }
  };
  thread.on('error', (thrown) => {
    die(`its thread failed: ${String(thrown)}`);
  });
  thread.on('exit', () => {
    die('it is closed');
  });

  /** The results, or undefined when a step did not change what it must. */
  const ask = async (request: DatabaseRequest): Promise<readonly StepResult[] | undefined> => {
    const refused = dead ?? claim.lost();
    if (refused !== undefined) throw refused;
    const reply = await new Promise<DatabaseReply>((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      thread.ref();
      thread.postMessage(request);
    });
    if (reply.kind === 'failed') throw failureOf(place, reply.code, reply.message);
    return reply.kind === 'done' ? reply.results : undefined;
  };
  const run = async (
    connection: 'read' | 'write',
    atomic: boolean,
    steps: readonly DatabaseStep[],
  ): Promise<readonly StepResult[] | undefined> => {
    requests += 1;
    return ask({ kind: 'run', id: requests, connection, atomic, steps });
  };
  const certain = async (
    connection: 'read' | 'write',
    steps: readonly DatabaseStep[],
  ): Promise<readonly StepResult[]> => {
    const results = await run(connection, false, steps);
    if (results === undefined) throw new Error('a step outside `atomic` must not expect a number of changes');
    return results;
  };

  let lastWrite: Promise<unknown> = Promise.resolve();
  /** One writing transaction after the other: they share a connection. */
  const inTurn = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const mine = lastWrite.then(work);
    lastWrite = mine.catch(() => undefined);
    return mine;
  };

  return {
    path: place,
    read: (steps) => certain('read', steps),
    atomic: (steps) => inTurn(async () => (await run('write', true, steps)) !== undefined),
    transact: (work) =>
      inTurn(async () => {
        // The thread is asked as seldom as possible: a question there and back costs more than most statements.
        let queued: readonly DatabaseStep[] = [{ sql: 'BEGIN IMMEDIATE' }];
        const inside: RunSteps = async (steps) => {
          const before = queued;
          queued = [];
          const results = await certain('write', [...before, ...steps]);
          return results.slice(before.length);
        };
        try {
          const answer = await work({
            run: inside,
            queue: (steps) => {
              queued = [...queued, ...steps];
            },
          });
          await inside([{ sql: 'COMMIT' }]);
          return answer;
        } catch (thrown) {
          requests += 1;
          // Whatever went wrong first is what the caller must hear of.
          await ask({ kind: 'roll-back', id: requests, connection: 'write' }).catch(() => undefined);
          throw thrown;
        }
      }),
    close: () =>
      inTurn(async () => {
        requests += 1;
        await ask({ kind: 'close', id: requests }).catch(() => undefined);
        die('it is closed');
        claim.release();
        await thread.terminate();
      }),
  };
}

function failureOf(place: string, code: string, message: string): BatonError {
  const particulars = `${place}: ${message}`;
  switch (code) {
    case 'SQLITE_NOTADB':
      return new BatonError(
        failure('CONFIGURATION_INVALID', `${place} is not a database; name another file`),
      );
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
    case 'SQLITE_READONLY_DBMOVED':
    case 'SQLITE_READONLY_DIRECTORY':
      return notUsable(place, message);
    default:
      return message.includes('Unable to open connection')
        ? notUsable(place, message)
        : new BatonError(failure('STORE_UNAVAILABLE', particulars));
  }
}

function notUsable(place: string, cause: unknown): BatonError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BatonError(
    failure('CONFIGURATION_INVALID', `${place} cannot be a database that is written to: ${reason}`),
  );
}
