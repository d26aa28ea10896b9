/**
 * The Temporal test server that skips time, for tests of timers, expiry and reminders: the SDK's download, else
 * the same server from Maven Central behind a small script.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, makeOnce, progressOnStandardError, type Environment, type Progress } from './cache.ts';
import { isExecutable, onPath, run } from './run.ts';
import { earlierDownload, sdkDownload } from './sdk-download.ts';
import { failed, firstThatWorks, found, toolError, type Attempt } from './ways.ts';

const pom = path.resolve(import.meta.dirname, '../tools/temporal-test-server/pom.xml');
const artifact = 'io.temporal:temporal-test-server';
const copyLimitMs = 10 * 60_000;

/** Where to look, and who sees progress; the defaults suit tests. */
export interface TimeSkippingServerOptions {
  /** Instead of `process.env`. */
  readonly environment?: Environment;
  /** Sees progress; standard error by default. */
  readonly progress?: Progress;
}

/**
 * The executable to give to `TestWorkflowEnvironment.createTimeSkipping` as
 * `{ server: { executable: { type: 'existing-path', path } } }`.
 * Throws `TIME_SKIPPING_SERVER_UNAVAILABLE` naming every way tried.
 */
export async function timeSkippingServerPath(options: TimeSkippingServerOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const progress = options.progress ?? progressOnStandardError;
  const folder = path.join(cacheFolder(environment), 'temporal-test-server');
  const download = path.join(folder, 'sdk');
  const version = await pinnedVersion();
  const target = path.join(folder, version);
  const script = path.join(target, 'temporal-test-server');
  return firstThatWorks({
    code: 'TIME_SKIPPING_SERVER_UNAVAILABLE',
    problem: 'There is no Temporal test server that skips time, and none could be obtained.',
    ways: [
      { name: 'an earlier download in the cache', attempt: () => earlierDownload(download) },
      {
        name: 'an earlier copy in the cache',
        attempt: async () => (isExecutable(script) ? withJava(script, environment) : failed(`no ${script}`)),
      },
      {
        name: "the SDK's download",
        attempt: () => sdkDownload({ server: 'time-skipping', folder: download, environment, progress }),
      },
      {
        name: `${artifact} ${version} with Maven`,
        attempt: () => copyWithMaven({ target, script, version, environment, progress }),
      },
    ],
    remedies: [
      'allow access to https://temporal.download, and run this again',
      'install Java 11 or newer and Maven with access to Maven Central, and run this again',
    ],
  });
}

/** The version that the `pom.xml` pins. */
async function pinnedVersion(): Promise<string> {
  const text = await readFile(pom, 'utf8');
  const version =
    /<artifactId>temporal-test-server<\/artifactId>\s*<version>([\d.]+)<\/version>\s*<scope>/.exec(text);
  if (version?.[1] === undefined) {
    throw toolError('TIME_SKIPPING_SERVER_UNAVAILABLE', `${pom} does not depend on ${artifact}.`);
  }
  return version[1];
}

async function withJava(script: string, environment: Environment): Promise<Attempt> {
  return onPath('java', environment) === undefined ? failed('Java is not installed') : found(script);
}

async function copyWithMaven(options: {
  readonly target: string;
  readonly script: string;
  readonly version: string;
  readonly environment: Environment;
  readonly progress: Progress;
}): Promise<Attempt> {
  const { target, script, version, environment, progress } = options;
  const maven = onPath('mvn', environment);
  if (maven === undefined) return failed('Maven is not installed');
  if (onPath('java', environment) === undefined) return failed('Java is not installed');
  await makeOnce({
    target,
    isThere: () => Promise.resolve(isExecutable(script)),
    progress,
    make: async (temporary) => {
      progress(`Copying ${artifact} ${version} with Maven (once; kept in ${target}) ...`);
      const library = path.join(temporary, 'lib');
      await mkdir(library, { recursive: true });
      const outcome = await run({
        command: maven,
        args: ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${library}`],
        environment,
        limitMs: copyLimitMs,
      });
      if (!outcome.ok) throw new Error(outcome.tail);
      const file = path.join(temporary, path.basename(script));
      await writeFile(file, launcher);
      await chmod(file, 0o755);
    },
  });
  return found(script);
}

/**
 * Java in place of the shell, so that whoever stops the script stops the server. The watcher ends it when the
 * process that wanted it has died without stopping it.
 */
const launcher = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
parent=$PPID
( while kill -0 "$parent" && kill -0 $$; do sleep 1; done; kill -9 $$ ) </dev/null >/dev/null 2>&1 &
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;
