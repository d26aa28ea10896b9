/** A worker process of a team with a model, to be killed: says what it has come to, and ends with its parent. */
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import type { ContextStore } from '../../contract/ports.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { openContext } from '../stores/context-places.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { killedTeam, type KillMoment, type ModelProcessOrder } from './killed-team.ts';

Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

/** Says where the process is, and holds it up for good: all that is left is to kill it. */
async function holdForGood(moment: KillMoment): Promise<void> {
  process.send?.(moment);
  await new Promise(() => undefined);
}

/** Holds the process up once a model's answer is kept. */
function holding(inner: ContextStore): ContextStore {
  return {
    ...inner,
    write: async (change) => {
      const written = await inner.write(change);
      if ((change.values ?? []).some((one) => one.key.startsWith('model:'))) await holdForGood('kept');
      return written;
    },
  };
}

async function main(order: ModelProcessOrder): Promise<void> {
  const context = await openContext(order.context);
  const records = await openRecordStore(order.records);
  const at = async (moment: KillMoment): Promise<void> => {
    if (order.holdAt === moment) await holdForGood(moment);
  };
  const workers = await createWorkers({
    connection: await NativeConnection.connect({ address: order.address }),
    teams: [killedTeam(order.team, { records: () => records, at })],
    ledger: await openLedgerStore(order.ledger),
    manifests: await openManifestStore(order.ledger),
    context: order.holdAt === 'kept' ? holding(context) : context,
    models: order.models,
    caseQueue: order.caseQueue,
    bundle: { codePath: order.bundle },
  });
  process.send?.('ready');
  await workers.run();
}

process.on('disconnect', () => process.exit(0));
void main(JSON.parse(process.argv[2] ?? '') as ModelProcessOrder);
