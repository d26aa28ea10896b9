/** Runs tools to their end: compilers, package managers, version checks. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from './cache.ts';

/** How a tool ended. */
export interface Outcome {
  readonly ok: boolean;
  /** Its last lines of output, both streams, for an error message. */
  readonly tail: string;
}

/** What to run and how long to let it. */
export interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder?: string;
  readonly environment: Environment;
  readonly limitMs: number;
  /** Run as this user; only root can ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Sees each line of output. */
  readonly onLine?: (line: string) => void;
}

const keptLines = 8;

/** Runs a tool without input. Never rejects: a tool that cannot start is an outcome that is not `ok`. */
export async function run(options: RunOptions): Promise<Outcome> {
  const child = spawn(options.command, options.args, {
    cwd: options.folder,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.limitMs,
    killSignal: 'SIGKILL',
    ...options.user,
  });
  const tail: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      tail.push(line);
      if (tail.length > keptLines) tail.shift();
      options.onLine?.(line);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ ok: false, tail: error.message });
    });
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') tail.push(`ended after ${String(options.limitMs / 1000)} s`);
      resolve({ ok: code === 0, tail: tail.join('\n') });
    });
  });
}

/** The full path of a program on the PATH, or undefined. */
export function onPath(program: string, environment: Environment): string | undefined {
  return (environment['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, program))
    .find((file) => isExecutable(file));
}

/** Whether a file is there and may be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
