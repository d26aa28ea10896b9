/**
 * Server processes that cannot outlive us: each runs under `guard.js`, in a process group of its own, and ends
 * when it is stopped, when we exit, and when we are killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** What the guard is told to run. Plain JSON: it crosses a process boundary. */
export interface GuardOrder {
  readonly command: string;
  readonly args: readonly string[];
  /** Working folder of the server. */
  readonly folder: string;
  /** Added to our own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Standard output and error of the server are appended here. */
  readonly logFile: string;
  /** The signal this server understands as "finish". */
  readonly stopSignal: NodeJS.Signals;
  /** Milliseconds between that signal and SIGKILL. */
  readonly graceMs: number;
  /** Folders to remove once stopped (not after a crash). */
  readonly removeWhenStopped: readonly string[];
  /** Run as this user; only root can ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A running server process. */
export interface Supervised {
  /** Process id of the server itself (not of its guard). */
  readonly pid: number;
  /** Resolves when server and guard are gone. */
  readonly exited: Promise<void>;
  /** Whether they are gone already. */
  readonly hasExited: () => boolean;
  /** Ends it politely, by force after the grace period. Repeated calls are harmless. */
  readonly stop: () => Promise<void>;
  /** Sends a signal to the server and waits for its end: SIGKILL for a crash, SIGQUIT for PostgreSQL's "immediate". */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts a process under guard. Rejects with the operating system's reason when it cannot be executed. */
export async function startSupervised(order: GuardOrder): Promise<Supervised> {
  const guard = spawn(process.execPath, [path.join(import.meta.dirname, 'guard.js'), JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true, // a terminal's Ctrl-C reaches us only; the server is stopped through the guard
  });
  let gone = false;
  const exited = once(guard, 'exit').then(() => {
    gone = true;
  });
  const pid = await readStart(guard.stdout);
  // Nothing of it keeps our event loop alive: a program that forgets to stop it still ends, and so ends it.
  guard.unref();
  for (const stream of [guard.stdin, guard.stdout]) {
    stream.on('error', () => undefined);
    if (stream instanceof Socket) stream.unref();
  }
  return {
    pid,
    exited,
    hasExited: () => gone,
    stop: async () => {
      guard.ref();
      guard.stdin.end();
      await exited;
    },
    kill: async (signal = 'SIGKILL') => {
      guard.ref();
      if (!gone) process.kill(pid, signal);
      await exited;
    },
  };
}

/** Reads the guard's one line: the server's process id, or why it could not start. */
async function readStart(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const report: unknown = JSON.parse(line);
    if (typeof report === 'object' && report !== null) {
      if ('pid' in report && typeof report.pid === 'number') return report.pid;
      if ('why' in report) throw new Error(String(report.why));
    }
  }
  throw new Error('the guard process ended before the server started');
}

/** The last lines of a log file, for an error message; empty when there is none. */
export async function tailOf(file: string, lines = 8): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
