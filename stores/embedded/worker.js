// @ts-check
/**
 * The thread that owns the connections to one embedded database. SQLite answers synchronously (in the driver's
 * promise API too), so it answers here, where it cannot hold up the event loop of the workers.
 *
 * Plain JavaScript on purpose: a thread starts from a file that node itself can read, and this one is the same file
 * in the source tree, under a test runner and in a build. All decisions are on the other side; this side runs
 * lists of steps.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';

/** @import { DatabaseReply, DatabaseRequest, DatabaseStep, StepResult, WorkerSettings } from './protocol.ts' */

/** @type {WorkerSettings} */
const settings = workerData;
const port = parentPort;
if (port === null) throw new Error('this file is the entry point of a worker thread');

/** Waits without spinning; this thread has nothing else to do. @param {number} milliseconds */
function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** @param {unknown} thrown @returns {string} */
function codeOf(thrown) {
  const code = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}

function open() {
  const database = new Database(settings.path);
  database.exec(`PRAGMA busy_timeout = ${String(settings.busyTimeoutMs)}`);
  // The change to WAL does not wait for the busy timeout when several processes open a new file at once.
  const deadline = Date.now() + settings.busyTimeoutMs;
  for (;;) {
    try {
      database.prepare('PRAGMA journal_mode = WAL').get();
      break;
    } catch (thrown) {
      if (!codeOf(thrown).startsWith('SQLITE_BUSY') || Date.now() > deadline) throw thrown;
      pause(10);
    }
  }
  // In WAL mode NORMAL survives every kill of a process; a power cut may lose the last commits, never the file.
  database.exec('PRAGMA synchronous = NORMAL');
  /** @type {Map<string, import('libsql').Statement<unknown[]>>} */
  const statements = new Map();
  /** @param {string} sql */
  const prepare = (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  /** @param {DatabaseStep} step @returns {StepResult} */
  const run = (step) => {
    const statement = prepare(step.sql);
    if (statement.reader) {
      const rows = /** @type {unknown[][]} */ (statement.raw().all(step.parameters ?? []));
      return { rows, changes: 0 };
    }
    let changes = 0;
    for (const parameters of step.each ?? [step.parameters ?? []]) {
      changes += statement.run(parameters).changes;
    }
    return { rows: [], changes };
  };
  return { database, run };
}

/** @type {Map<'read' | 'write', ReturnType<typeof open>>} */
const connections = new Map();

/** @param {'read' | 'write'} name */
function connection(name) {
  const known = connections.get(name);
  if (known !== undefined) return known;
  const opened = open();
  connections.set(name, opened);
  return opened;
}

/** Ends a transaction that may have been ended by its error already. @param {ReturnType<typeof open>} on */
function rollBack(on) {
  if (on.database.inTransaction) on.database.exec('ROLLBACK');
}

/** @param {DatabaseRequest} request @returns {DatabaseReply} */
function answer(request) {
  const { id } = request;
  try {
    if (request.kind === 'close') {
      for (const { database } of connections.values()) database.close();
      connections.clear();
      return { id, kind: 'done', results: [] };
    }
    const on = connection(request.connection);
    try {
      if (request.kind === 'roll-back') {
        rollBack(on);
        return { id, kind: 'done', results: [] };
      }
      if (request.atomic) on.run({ sql: 'BEGIN IMMEDIATE' });
      /** @type {StepResult[]} */
      const results = [];
      for (const step of request.steps) {
        const result = on.run(step);
        if (step.expect !== undefined && result.changes !== step.expect) {
          rollBack(on);
          return { id, kind: 'unmet' };
        }
        results.push(result);
      }
      if (request.atomic) on.run({ sql: 'COMMIT' });
      return { id, kind: 'done', results };
    } catch (thrown) {
      if (request.kind === 'run' && request.atomic) rollBack(on);
      throw thrown;
    }
  } catch (thrown) {
    return { id, kind: 'failed', code: codeOf(thrown), message: String(thrown) };
  }
}

port.on('message', (/** @type {DatabaseRequest} */ request) => {
  port.postMessage(answer(request));
  if (request.kind === 'close') port.close();
});
