// @ts-check
/**
 * Runs one server process and makes sure that it never outlives the process that wanted it.
 *
 * The parent holds the other end of this process's standard input. However the parent ends (return, SIGINT,
 * SIGKILL), the operating system closes that pipe, and the guard then stops the server: politely first, by force
 * after a grace period. So no parent needs signal handlers, and a killed one leaves nothing behind.
 *
 * Plain JavaScript, because it must start in milliseconds under any parent (tsx, Jest, node).
 * Started by `supervised.ts` with one argument, the JSON of its `GuardOrder`.
 */
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';

/** @typedef {import('./supervised.ts').GuardOrder} GuardOrder */

const order = /** @type {GuardOrder} */ (JSON.parse(process.argv[2] ?? ''));
const log = openSync(order.logFile, 'a');
let stopping = false;

const server = spawn(order.command, order.args, {
  cwd: order.folder,
  env: { ...process.env, ...order.environment },
  stdio: ['ignore', log, log],
  ...(order.user ? { uid: order.user.uid, gid: order.user.gid } : {}),
});

server.once('error', (error) => {
  process.stdout.write(`${JSON.stringify({ kind: 'failed', why: error.message })}\n`, () => process.exit(1));
});
server.once('spawn', () => {
  process.stdout.write(`${JSON.stringify({ kind: 'started', pid: server.pid })}\n`);
});
server.once('exit', (code, signal) => {
  // Folders go only on a stop: after a crash they are what a restart needs.
  if (stopping)
    for (const folder of order.removeWhenStopped) rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? (signal ? 1 : 0));
});

function stop() {
  if (stopping) return;
  stopping = true;
  server.kill(order.stopSignal);
  setTimeout(() => server.kill('SIGKILL'), order.graceMs).unref();
}

process.stdin.on('end', stop).on('error', stop).on('close', stop).resume();
process.stdout.on('error', () => undefined);
// A group-wide interrupt must not end the guard before the server.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
