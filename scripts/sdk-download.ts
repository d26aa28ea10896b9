/** The Temporal SDK's own download of its servers, as one of the ways to get hold of them. */
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Environment, Progress } from './cache.ts';
import { isExecutable, run } from './run.ts';
import { failed, found, reasonOf, type Attempt } from './ways.ts';

/** Which of the SDK's servers: the dev server (the Temporal CLI) or the one that skips time. */
export type SdkServer = 'local' | 'time-skipping';

const source = 'https://temporal.download';

/** How long to wait for a first answer: a refused or silent network is found out quickly. */
const answerLimitMs = 5_000;

/** How long the download itself may take (some 100 MB). */
const downloadLimitMs = 180_000;

/** The server that an earlier run downloaded into the folder. */
export async function earlierDownload(folder: string): Promise<Attempt> {
  const names = await readdir(folder).catch((): string[] => []);
  const file = names
    .filter((name) => !name.endsWith('.downloading'))
    .map((name) => path.join(folder, name))
    .find((candidate) => isExecutable(candidate));
  return file === undefined ? failed(`none in ${folder}`) : found(file);
}

/** Downloads the server into the folder and returns where it is. */
export async function sdkDownload(options: {
  readonly server: SdkServer;
  readonly folder: string;
  readonly environment: Environment;
  readonly progress: Progress;
}): Promise<Attempt> {
  const { server, folder, environment, progress } = options;
  const behindProxy = environment['HTTPS_PROXY'] ?? environment['https_proxy'];
  if (behindProxy === undefined) {
    try {
      await fetch(source, { method: 'HEAD', signal: AbortSignal.timeout(answerLimitMs) });
    } catch (error) {
      const cause =
        error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : reasonOf(error);
      return failed(`${source} does not answer (${cause})`);
    }
  }
  progress(`Downloading the Temporal SDK's ${server} server to ${folder} ...`);
  await mkdir(folder, { recursive: true });
  const outcome = await run({
    command: process.execPath,
    args: [path.join(import.meta.dirname, 'temporal', 'sdk-download.js'), server, folder],
    environment,
    limitMs: downloadLimitMs,
  });
  return outcome.ok ? earlierDownload(folder) : failed(outcome.tail);
}
