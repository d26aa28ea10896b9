import { mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BatonError, failure } from '../../contract/failures.ts';
import { sharedResources } from '../shared-resources.ts';
import { claimHost, hostIdentity, type HostClaim } from './host-claim.ts';
import type { DatabaseReply, DatabaseRequest, DatabaseStep, StepResult } from './protocol.ts';
import { startThread } from './thread.ts';

/** How long a transaction waits for one of another process, in milliseconds. */
const LOCK_TIMEOUT_MS = 5_000;

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
    await makeFolder(path.dirname(absolute));
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

/** Makes a folder and those above it. (The `recursive` of `mkdir` never ends in a place like /proc.) */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder).then(() => 'made', codeOf);
  if (made === 'ENOENT') {
    await makeFolder(path.dirname(folder));
    await mkdir(folder).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    });
  } else if (made !== 'made' && !(await stat(folder)).isDirectory()) {
    throw new Error(`${folder} is not a folder`);
  }
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
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
  const thread = startThread({ path: place, openTimeoutMs: LOCK_TIMEOUT_MS });

  const ask = async (request: DatabaseRequest): Promise<DatabaseReply> => {
    const lost = claim.lost();
    if (lost !== undefined) throw lost;
    const reply = await thread.ask(request);
    if (reply.kind === 'failed') throw failureOf(place, reply.code, reply.message);
    return reply;
  };
  /** Asks for the writing transaction until it is free. The waiting is done here, so that reads go on meanwhile. */
  const begin = async (request: DatabaseRequest): Promise<DatabaseReply> => {
    const deadline = Date.now() + LOCK_TIMEOUT_MS;
    for (let wait = 1; ; wait = Math.min(2 * wait, 20)) {
      const reply = await ask(request);
      if (reply.kind !== 'busy') return reply;
      if (Date.now() > deadline) {
        throw new BatonError(failure('STORE_UNAVAILABLE', `${place}: another process keeps writing to it`));
      }
      await setTimeout(wait);
    }
  };

  let lastWrite: Promise<unknown> = Promise.resolve();
  /** One writing transaction after the other: they share a connection. */
  const inTurn = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const mine = lastWrite.then(work);
    lastWrite = mine.catch(() => undefined);
    return mine;
  };
  const transact = async <Answer>(
    work: (transaction: EmbeddedTransaction) => Promise<Answer>,
  ): Promise<Answer> => {
    // The thread is asked as seldom as possible: a question there and back costs more than most statements.
    let began = false;
    let queued: readonly DatabaseStep[] = [];
    const send = async (steps: readonly DatabaseStep[], commit: boolean): Promise<readonly StepResult[]> => {
      const before = queued;
      queued = [];
      const all = [...before, ...steps];
      const request = { kind: 'run', connection: 'write', begin: !began, commit, steps: all } as const;
      const results = resultsOf(await (began ? ask(request) : begin(request)));
      began = true;
      return results.slice(before.length);
    };
    try {
      const answer = await work({
        run: (steps) => send(steps, false),
        queue: (steps) => {
          queued = [...queued, ...steps];
        },
      });
      await send([], true);
      return answer;
    } catch (thrown) {
      // Whatever went wrong first is what the caller must hear of.
      await ask({ kind: 'roll-back' }).catch(() => undefined);
      throw thrown;
    }
  };

  return {
    path: place,
    read: async (steps) => resultsOf(await ask({ kind: 'run', connection: 'read', steps })),
    atomic: (steps) =>
      inTurn(async () => {
        const request = { kind: 'run', connection: 'write', begin: true, commit: true, steps } as const;
        return (await begin(request)).kind === 'done';
      }),
    transact: (work) => inTurn(() => transact(work)),
    close: () =>
      inTurn(async () => {
        claim.release();
        await thread.close();
      }),
  };
}

function resultsOf(reply: DatabaseReply): readonly StepResult[] {
  if (reply.kind === 'done') return reply.results;
  throw new Error('only `atomic` may expect a number of changes');
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
