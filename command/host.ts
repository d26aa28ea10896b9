/** The world around a command: streams, environment, and whether a person sits at a terminal. */
export interface Host {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output. */
  readonly write: (text: string) => void;
  /** Writes to standard error. */
  readonly writeError: (text: string) => void;
  /** Reads standard input to its end, at most so many bytes. @throws RangeError when there is more */
  readonly readInput: (limit: number) => Promise<string>;
  /** Whether questions can be asked. */
  readonly isInteractive: boolean;
  /** Aborted when the command is interrupted. */
  readonly signal: AbortSignal;
}

/** Resolves when the command is interrupted. */
export function interruption(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** The host of a real process. Interrupting it once aborts; the second time it ends at once. */
export function processHost(): Host {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    controller.abort();
  });
  process.once('SIGTERM', () => {
    controller.abort();
  });
  return {
    environment: process.env,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    readInput: async (limit) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      for await (const part of process.stdin) {
        const buffer = Buffer.from(part as Uint8Array);
        bytes += buffer.length;
        if (bytes > limit) throw new RangeError(`more than ${String(limit)} bytes`);
        parts.push(buffer);
      }
      return Buffer.concat(parts).toString('utf8');
    },
    isInteractive: process.stdin.isTTY && process.stdout.isTTY,
    signal: controller.signal,
  };
}
