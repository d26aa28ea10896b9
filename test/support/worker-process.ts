/** A worker process of a test: started, held up and killed by `worker-processes.ts`, ended with its parent. */
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { createWorkers, queuesOf } from '../../workers/create-workers.ts';
import { createGates } from './gates.ts';
import { heldTeam } from './held-team.ts';
import type { FromWorkerProcess, ToWorkerProcess, WorkerProcessOrder } from './worker-processes.ts';

// Workers that die on purpose are worth no warnings.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

async function main(order: WorkerProcessOrder): Promise<void> {
  const gates = createGates();
  const ledger = await openLedgerStore(order.ledger);
  const manifests = await openManifestStore(order.ledger);
  const records = await openRecordStore(order.records);
  const connection = await NativeConnection.connect({ address: order.address });
  const team = heldTeam({
    name: order.team,
    records: () => records,
    pass: async (moment) => {
      if (!order.holdAt.includes(moment)) return;
      await tell({ kind: 'at', moment });
      await gates.pass(moment);
    },
    heard: (answer) => tell({ kind: 'heard', answer }),
  });
  const all = queuesOf([team], order.caseQueue);
  const workers = await createWorkers({
    connection,
    teams: [team],
    ledger,
    manifests,
    caseQueue: order.caseQueue,
    queues: order.serves === 'all' ? all : all.filter((queue) => queue !== order.caseQueue),
    bundle: { codePath: order.bundle },
    graceMs: 1_000,
    ...(order.activitiesAtOnce === undefined ? {} : { activitiesAtOnce: order.activitiesAtOnce }),
  });
  process.on('message', (message: ToWorkerProcess) => {
    if (message.kind === 'go') gates.open(message.moment);
    else workers.stop();
  });
  const running = workers.run();
  await tell({ kind: 'ready' });
  await running;
  await Promise.all([ledger.close(), manifests.close(), records.close(), connection.close()]);
  process.disconnect();
}

function tell(message: FromWorkerProcess): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

process.on('disconnect', () => process.exit(0));
void main(JSON.parse(process.argv[2] ?? '') as WorkerProcessOrder);
