import { runBaton } from '../../command/program.ts';
import type { Ended } from './baton-process.ts';

/** Runs a command line in this process, as `runBatonProcess` does in one of its own: the same, and fast. */
export async function runBatonHere(
  words: readonly string[],
  options: { readonly environment?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Ended> {
  let output = '';
  let errors = '';
  const exitCode = await runBaton(words, {
    environment: { ...options.environment },
    write: (text) => void (output += text),
    writeError: (text) => void (errors += text),
    readInput: (limit) => {
      const input = options.input ?? '';
      return input.length > limit ? Promise.reject(new RangeError('too much')) : Promise.resolve(input);
    },
    isInteractive: false,
    signal: new AbortController().signal,
  });
  return { exitCode, output, errors };
}
