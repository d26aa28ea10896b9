import { makeTelemetryFilterString, Runtime, type LogLevel, type LogMetadata } from '@temporalio/worker';
import pino from 'pino';
import type { WorkerConfig } from './config.ts';

/** The process's logger: JSON lines on standard output. */
export type ServiceLogger = pino.Logger;

/**
 * Makes the process's logger and lets the SDK write to it, its native core included: one stream of JSON lines for
 * everything. Call it once, before anything of the SDK is used.
 */
export function installLogging(level: WorkerConfig['logLevel']): ServiceLogger {
  const logger = pino({ name: 'baton-worker', level, timestamp: pino.stdTimeFunctions.isoTime });
  const write = (severity: LogLevel, message: string, meta: LogMetadata = {}): void => {
    logger[levelOf(severity)](meta, message);
  };
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
  });
  return logger;
}

function levelOf(level: LogLevel): WorkerConfig['logLevel'] {
  switch (level) {
    case 'TRACE':
      return 'trace';
    case 'DEBUG':
      return 'debug';
    case 'INFO':
      return 'info';
    case 'WARN':
      return 'warn';
    case 'ERROR':
      return 'error';
  }
}
