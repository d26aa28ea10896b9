import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { compiledProgram } from '../setup/compiled-sources.ts';

const root = path.resolve(__dirname, '..', '..');

/** Starts one of the programs of this folder in a process of its own. */
async function startProcess(program: string, args: readonly string[]): Promise<ChildProcess> {
  const file = await compiledProgram(`test/stores/${program}`);
  return spawn(process.execPath, [file, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs one of the programs of this folder to its end and answers its exit code. */
export async function runProcess(program: string, args: readonly string[]): Promise<number | null> {
  const child = await startProcess(program, args);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

/** Runs a program until it has printed so many lines, kills it there, and answers every whole line it printed. */
export async function killAfterLines(
  program: string,
  args: readonly string[],
  count: number,
): Promise<readonly string[]> {
  const child = await startProcess(program, args);
  if (child.stdout === null) throw new Error('no output');
  const lines: string[] = [];
  const exited = new Promise((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  await exited;
  return lines;
}
