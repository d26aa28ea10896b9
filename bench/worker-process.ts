/**
 * Entry point of a worker process of the bench: one side's workers and nothing else, so that its processor time and
 * memory are theirs. Ends when its parent does.
 */
import { NativeConnection, Runtime, DefaultLogger } from '@temporalio/worker';
import { agentsWithModels } from '../examples/support/model-desk.ts';
import { seedRecords } from '../examples/support/seed.ts';
import { supportDesk } from '../examples/support/team.ts';
import { cipherOfEnvironment } from '../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../stores/index.ts';
import { openRecordStore } from '../stores/open-stores.ts';
import type { RecordStore } from '../contract/ports.ts';
import { createWorkers, type Workers, type WorkersOptions } from '../workers/create-workers.ts';
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
/** All models over one protocol, each by the name of its agent. */
const DESK_ON_BENCH = Object.fromEntries(
  ['triage', 'billing', 'technical', 'legal'].map((name) => [name, `openai:${name}`]),
);
let opened: Promise<RecordStore> | undefined;
function records(): Promise<RecordStore> {
  return (opened ??= openRecordStore(`file:${order.folder}/records.db`));
}

/** The team of the order; the support desk has a context store, and models that the order names. */
async function served(): Promise<Pick<WorkersOptions, 'teams' | 'context' | 'models'>> {
  if (order.team !== 'desk') return { teams: [order.team === 'inbox' ? unsureTeam() : deskTeam()] };
  const desk = agentsWithModels(await records());
  const places = { BATON_LEDGER_URL: `file:${order.folder}/context.db` };
  return {
    teams: [supportDesk(await records(), desk)],
    context: await openContextAt(contextLocations(places), cipherOfEnvironment(places)),
    models: { models: DESK_ON_BENCH, vendors: order.vendors ?? {} },
  };
}

async function createOurWorkers(): Promise<Workers> {
  if (order.side === 'raw') return createRawWorkers({ connection, namespace });
  return createWorkers({
    connection,
    namespace,
    ...(await served()),
    ledger: await openLedgerStore(`${order.folder}/ledger.db`),
    manifests: await openManifestStore(`${order.folder}/ledger.db`),
    bundle: await caseBundle({ withoutZod: order.withoutZod ?? false }),
  });
}

async function figureOf(question: WorkerQuestion): Promise<number> {
  switch (question) {
    case 'seed':
      await (await records()).load(seedRecords());
      return 0;
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
  void figureOf(question).then((figure) => {
    tell({ kind: 'figure', id, figure });
  });
});
process.once('disconnect', () => {
  workers.stop();
});
const running = workers.run();
tell({ kind: 'ready' });
await running;
await connection.close();
process.exit();
