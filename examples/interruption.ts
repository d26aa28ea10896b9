import { whenStarterIsGone } from '../workers/ancestors.ts';

/** How a program was told to end before it had finished. */
export interface Interruption {
  /** Aborted when somebody wants the program to end. */
  readonly signal: AbortSignal;
  /** Rejects when somebody wants the program to end: race it against the work. */
  readonly interrupted: Promise<never>;
  /** 130 after SIGINT, 143 after SIGTERM, 129 when the terminal or npm is gone; 0 while nobody asked. */
  readonly exitCode: () => number;
}

/** How long an interrupted program may take to end in good order, in milliseconds. */
const GRACE_MS = 8_000;

/**
 * Listens for whatever ends a program run by npm: Ctrl-C, SIGTERM, a closed terminal, and npm killed by force, which
 * no signal tells of. A second Ctrl-C, or too long a farewell, ends it at once; the server goes with this process
 * in any case, because its guard watches it.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let code = 0;
  const end = (exitCode: number, why: string): void => {
    if (code !== 0) process.exit(exitCode);
    code = exitCode;
    setTimeout(() => process.exit(exitCode), GRACE_MS).unref();
    controller.abort(new Error(why));
  };
  process.on('SIGINT', () => end(130, 'interrupted'));
  process.on('SIGTERM', () => end(143, 'asked to stop'));
  process.on('SIGHUP', () => end(129, 'the terminal is gone'));
  whenStarterIsGone('package-manager', () => end(129, 'npm is gone'));
  const interrupted = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
  });
  interrupted.catch(() => undefined);
  return { signal: controller.signal, interrupted, exitCode: () => code };
}
