/** A worker process that serves the agents of one build of the skew team; started by `startBuild`. */
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import { openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { createWorkers, queuesOf } from '../../workers/create-workers.ts';
import type { BuildOrder } from './skew-processes.ts';
import { skewTeam } from './skew-team.ts';

async function main(order: BuildOrder): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const ledger = await openLedgerStore(order.ledger);
  const manifests = await openManifestStore(order.ledger);
  const connection = await NativeConnection.connect({ address: order.address });
  const team = skewTeam(order.team, order.build);
  const queues = queuesOf([team]).slice(1);
  const workers = await createWorkers({
    connection,
    teams: [team],
    ledger,
    manifests,
    queues,
    graceMs: 1_000,
  });
  process.on('message', () => {
    workers.stop();
  });
  const running = workers.run();
  process.send?.('ready');
  await running;
  await Promise.all([ledger.close(), manifests.close(), connection.close()]);
  process.disconnect();
}

process.on('disconnect', () => process.exit(0));
void main(JSON.parse(process.argv[2] ?? '') as BuildOrder);
