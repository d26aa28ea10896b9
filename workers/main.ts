/**
 * A worker process for services: `BATON_TEAMS=./team.ts node --import tsx workers/main.ts`. Configuration comes from
 * the environment (see config.ts), logs go to standard output as JSON lines, SIGTERM and SIGINT drain.
 */
import { isBatonError } from '../contract/failures.ts';
import { whenStarterIsGone } from './ancestors.ts';
import { parseWorkerConfig, type WorkerConfig } from './config.ts';

/** What ends a process with a message for its operator instead of a stack trace. */
function refuse(thrown: unknown): never {
  if (!isBatonError(thrown)) throw thrown;
  // It may quote names of teams and words of modules: to the terminal they are words and nothing else.
  process.stderr.write(`${thrown.code}: ${thrown.message.replace(/[\p{Cc}\p{Cf}]/gu, ' ')}\n`);
  process.exit(1);
}

function readConfig(): WorkerConfig {
  try {
    return parseWorkerConfig(process.env);
  } catch (thrown) {
    return refuse(thrown);
  }
}

const config = readConfig();
// Only now: loading these takes seconds, which a refusal does not need.
const { installLogging } = await import('./logging.ts');
const { openService } = await import('./service.ts');
const logger = installLogging(config.logLevel);
const service = await openService(config, {
  onAlarm: ({ code, message }) => {
    // The tasks that need the key fail until it is here; the others go on. Whoever looks at the exit code sees it.
    logger.fatal({ code }, message);
    process.exitCode = 1;
  },
}).catch(refuse);
const { address, namespace, teams, queues } = service;
logger.info({ address, namespace, teams, queues }, 'serving');

const drain = (why: string) => (): void => {
  logger.info({ why }, 'draining');
  service.stop();
};
// The SDK listens to these too; a second stop is harmless, and this one says so in the log.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, drain(signal));
if (config.exitWithParent) whenStarterIsGone('parent', drain('the parent process is gone'));

await service.run();
await service.close();
logger.info('stopped');
