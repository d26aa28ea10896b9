import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** Workers of this process say nothing but errors, for what they do is told otherwise. Before the first worker. */
export function quietWorkers(): void {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
}
