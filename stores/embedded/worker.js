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

/** @import { DatabaseReply, DatabaseRequest, DatabaseStep, Numbered, StepResult, WorkerSettings } from './protocol.ts' */

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

/** @param {unknown} thrown */
function isBusy(thrown) {
  return codeOf(thrown).startsWith('SQLITE_BUSY');
}

function open() {
  const database = new Database(settings.path);
  // Long waits for another process are the other side's: this thread must go on answering readers.
  database.exec('PRAGMA busy_timeout = 10');
  // The change to WAL does not wait for the busy timeout when several processes open a new file at once.
  const deadline = Date.now() + settings.openTimeoutMs;
  for (;;) {
    try {
      database.prepare('PRAGMA journal_mode = WAL').get();
      break;
    } catch (thrown) {
      if (!isBusy(thrown) || Date.now() > deadline) throw thrown;
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

/** Drops whatever transaction is open. */
function rollBack() {
  const write = connections.get('write');
  if (write?.database.inTransaction === true) write.database.exec('ROLLBACK');
}

/** @param {Extract<DatabaseRequest, { kind: 'run' }>} request @returns {DatabaseReply} */
function run({ connection: name, begin, commit, steps }) {
  const on = connection(name);
  if (begin === true) {
    try {
      on.run({ sql: 'BEGIN IMMEDIATE' });
    } catch (thrown) {
      if (isBusy(thrown)) return { kind: 'busy' };
      throw thrown;
    }
  } else if (name === 'write' && !on.database.inTransaction) {
    // An earlier step failed, and whoever asked went on all the same: nothing may be written bit by bit.
    throw new Error('the transaction was rolled back');
  }
  /** @type {StepResult[]} */
  const results = [];
  for (const step of steps) {
    const result = on.run(step);
    if (step.expect !== undefined && result.changes !== step.expect) {
      rollBack();
      return { kind: 'unmet' };
    }
    results.push(result);
  }
  if (commit === true) on.run({ sql: 'COMMIT' });
  return { kind: 'done', results };
}

/** @param {DatabaseRequest} request @returns {DatabaseReply} */
function answer(request) {
  try {
    switch (request.kind) {
      case 'run':
        return run(request);
      case 'roll-back':
        rollBack();
        return { kind: 'done', results: [] };
      case 'close':
        for (const { database } of connections.values()) database.close();
        connections.clear();
        return { kind: 'done', results: [] };
    }
  } catch (thrown) {
    if (request.kind === 'run' && request.connection === 'write') rollBack();
    return { kind: 'failed', code: codeOf(thrown), message: String(thrown) };
  }
}

port.on('message', (/** @type {Numbered<DatabaseRequest>} */ request) => {
  port.postMessage({ id: request.id, ...answer(request) });
});
