/**
 * Entry point of a worker process of the bench: one side's workers and nothing else, so that its processor time and
 * memory are theirs. Ends when its parent does.
 */
import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { openLedgerStore, openManifestStore } from '../stores/index.ts';
import { createWorkers, type Workers } from '../workers/create-workers.ts';
import { deskTeam } from './desk.ts';
import { unsureTeam } from './unsure-team.ts';
import { createRawWorkers } from './raw/workers.ts';
import { caseBundle } from './without-zod/case-bundle.ts';
import type { Asked, WorkerAnswer, WorkerOrder, WorkerQuestion } from './worker-orders.ts';

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
Runtime.install({
  logger: new DefaultLogger('WARN', ({ level, message }) => {
    // Workers of agents' queues run no workflows, which the SDK takes for an oversight.
    if (!message.startsWith('No workflows registered')) process.stderr.write(`${level} ${message}\n`);
  }),
});
const connection = await NativeConnection.connect({ address: order.address });
const { namespace } = order;

async function createOurWorkers(): Promise<Workers> {
  if (order.side === 'raw') return createRawWorkers({ connection, namespace });
  return createWorkers({
    connection,
    namespace,
    teams: [order.team === 'inbox' ? unsureTeam() : deskTeam()],
    ledger: await openLedgerStore(`${order.folder}/ledger.db`),
    manifests: await openManifestStore(`${order.folder}/ledger.db`),
    bundle: await caseBundle({ withoutZod: order.withoutZod ?? false }),
  });
}

function figureOf(question: WorkerQuestion): number {
  switch (question) {
    case 'cpu': {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    }
    case 'heap': {
      globalThis.gc?.();
      globalThis.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    }
  }
}

function tell(answer: WorkerAnswer): void {
  process.send?.(answer);
}

const workers = await createOurWorkers();
process.on('message', ({ id, question }: Asked) => {
  tell({ kind: 'figure', id, figure: figureOf(question) });
});
process.once('disconnect', () => {
  workers.stop();
});
const running = workers.run();
tell({ kind: 'ready' });
await running;
await connection.close();
process.exit();
