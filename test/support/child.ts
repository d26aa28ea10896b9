import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');

/** How long a process may take to say something: long, for a busy machine. */
const PATIENCE_MS = 45_000;

/** How a child process is started. */
export interface ChildOptions {
  readonly folder?: string;
  /** The whole environment; that of the tests when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A child process, in a process group of its own as a terminal gives it. */
export interface Child {
  readonly pid: number;
  /** Everything it has written so far, both streams in the order they came. */
  readonly output: () => string;
  /** Waits until it has written this, and answers the match. @throws with its output when it ends without, or after 45 s */
  readonly writes: (pattern: RegExp) => Promise<RegExpMatchArray>;
  readonly types: (text: string) => void;
  /** To it alone, as a supervisor does, or to its group, as Ctrl-C does. */
  readonly signal: (signal: NodeJS.Signals, whom: 'alone' | 'group') => void;
  /** Its exit code once it and its streams are gone; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts a program. */
export function startChild(command: string, words: readonly string[], options: ChildOptions = {}): Child {
  const child = spawn(command, [...words], {
    cwd: options.folder ?? root,
    env: { ...(options.environment ?? process.env) },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let gone = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of [...waiting]) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      output += part.toString('utf8');
      wake();
    });
  }
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      gone = true;
      wake();
      resolve(code);
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  return {
    pid,
    output: () => output,
    writes: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match) settle(() => resolve(match));
          else if (gone) settle(() => reject(missing('it ended')));
        };
        const missing = (what: string): Error => new Error(`${what} without ${String(pattern)}:\n${output}`);
        const settle = (how: () => void): void => {
          clearTimeout(patience);
          waiting.delete(look);
          how();
        };
        const patience = setTimeout(() => settle(() => reject(missing('time passed'))), PATIENCE_MS);
        waiting.add(look);
        look();
      }),
    types: (text) => child.stdin.write(text),
    signal: (signal, whom) => {
      process.kill(whom === 'group' ? -pid : pid, signal);
    },
    ended,
  };
}

/** Ends a child and everything in its group, whatever became of it: for `finally`. */
export async function endChild(child: Child): Promise<void> {
  try {
    child.signal('SIGKILL', 'group');
  } catch {
    // The group is gone already.
  }
  await child.ended;
}

/** Words that run a program of ours in TypeScript, from whatever folder; `compiledProgram` loads faster. */
export function typescript(program: string): readonly string[] {
  const loader = pathToFileURL(path.join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  return ['--import', loader, path.join(root, program)];
}
