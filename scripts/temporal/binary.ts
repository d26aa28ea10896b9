/**
 * Finds the Temporal CLI, which contains the development server: on the PATH, from an earlier run in the user's
 * cache, through the SDK's download, or built from source through the Go module proxy.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, makeOnce, type Environment, type Progress } from '../cache.ts';
import { isExecutable, onPath, run } from '../run.ts';
import { earlierDownload, sdkDownload } from '../sdk-download.ts';
import { failed, firstThatWorks, found, toolError, type Attempt } from '../ways.ts';

/** Pins the CLI's version and, by `go.sum`, its content. */
const goModule = path.resolve(import.meta.dirname, '../../tools/temporal');

const cliPackage = 'github.com/temporalio/cli';

/** Generous: about four minutes on two cores, downloads included. */
const buildLimitMs = 25 * 60_000;

/** The path of a working `temporal` binary. Throws `TEMPORAL_SERVER_UNAVAILABLE` naming every way tried. */
export async function temporalBinary(environment: Environment, progress: Progress): Promise<string> {
  const folder = path.join(cacheFolder(environment), 'temporal');
  const download = path.join(folder, 'sdk');
  const version = await pinnedVersion();
  const built = path.join(folder, `temporal-${version}`);
  return firstThatWorks({
    code: 'TEMPORAL_SERVER_UNAVAILABLE',
    problem: 'There is no Temporal server to use, and none could be obtained.',
    ways: [
      { name: 'temporal on the PATH', attempt: () => installed(environment) },
      {
        name: 'an earlier build in the cache',
        attempt: () => Promise.resolve(isExecutable(built) ? found(built) : failed(`no ${built}`)),
      },
      { name: 'an earlier download in the cache', attempt: () => earlierDownload(download) },
      {
        name: "the SDK's download",
        attempt: () => sdkDownload({ server: 'local', folder: download, environment, progress }),
      },
      {
        name: `a build of ${cliPackage} ${version} with Go`,
        attempt: () => build({ target: built, version, environment, progress }),
      },
    ],
    remedies: [
      'set TEMPORAL_ADDRESS to the host:port of a Temporal server that runs',
      'install the Temporal CLI so that `temporal` is on the PATH (https://docs.temporal.io/cli)',
      'install Go 1.26 or newer with access to a Go module proxy, and run this again',
    ],
  });
}

/** The CLI version that `tools/temporal/go.mod` pins, without its `v`. */
async function pinnedVersion(): Promise<string> {
  const text = await readFile(path.join(goModule, 'go.mod'), 'utf8');
  const version = /^\s*github\.com\/temporalio\/cli v(\S+)/m.exec(text)?.[1];
  if (version === undefined) {
    throw toolError('TEMPORAL_SERVER_UNAVAILABLE', `${goModule}/go.mod does not require ${cliPackage}.`);
  }
  return version;
}

async function installed(environment: Environment): Promise<Attempt> {
  const file = onPath('temporal', environment);
  if (file === undefined) return failed('not found');
  const outcome = await run({ command: file, args: ['--version'], environment, limitMs: 10_000 });
  return outcome.ok && outcome.tail.startsWith('temporal version')
    ? found(file)
    : failed(`${file} is not the Temporal CLI (${outcome.tail})`);
}

async function build(options: {
  readonly target: string;
  readonly version: string;
  readonly environment: Environment;
  readonly progress: Progress;
}): Promise<Attempt> {
  const { target, version, environment, progress } = options;
  const go = onPath('go', environment);
  if (go === undefined) return failed('Go is not installed');
  await makeOnce({
    target,
    isThere: () => Promise.resolve(isExecutable(target)),
    progress,
    make: async (temporary) => {
      progress(`Building the Temporal CLI ${version} with Go (once, some minutes; kept in ${target}) ...`);
      const outcome = await run({
        command: go,
        args: ['build', '-v', '-buildvcs=false', '-o', temporary, `${cliPackage}/cmd/temporal`],
        folder: goModule,
        environment,
        limitMs: buildLimitMs,
        onLine: counting(progress),
      });
      if (!outcome.ok) throw new Error(outcome.tail);
    },
  });
  return found(target);
}

/** Turns a compiler's thousand lines into one line of progress every ten seconds. */
function counting(progress: Progress): (line: string) => void {
  let downloads = 0;
  let packages = 0;
  let last = Date.now();
  return (line) => {
    if (line.startsWith('go: downloading')) downloads += 1;
    else packages += 1;
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    progress(`  ${String(downloads)} modules downloaded, ${String(packages)} packages compiled`);
  };
}
