import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { BatonClient } from '../../client/baton-client.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import { CASE_QUEUE } from '../../contract/queues.ts';
import { until } from '../../scripts/ports.ts';
import { createGates } from '../support/gates.ts';
import { failureFrom, startDesk, type RunningDesk } from './desk.ts';

let desk: RunningDesk;
let native: NativeConnection;
let baton: BatonClient;

beforeAll(async () => {
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter } },
  });
  desk = await startDesk();
  native = await NativeConnection.connect({ address: desk.address });
  baton = createBatonClient({ client: desk.client, ledger: desk.ledger, answerMs: 60_000 });
});
afterAll(async () => {
  await native.close();
  await desk.stop();
});

/** A worker of cases that cannot read what it is given, as one without the right keys: it fails every workflow task. */
async function startBlindWorker(): Promise<() => Promise<void>> {
  const worker = await Worker.create({
    connection: native,
    namespace: desk.namespace,
    taskQueue: CASE_QUEUE,
    workflowBundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
    dataConverter: {
      payloadCodecs: [
        {
          encode: (payloads) => Promise.resolve(payloads),
          decode: () => Promise.reject(new TypeError('no key for this')),
        },
      ],
    },
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}

/** A case with people, whose workflow task has failed until the server takes nothing more for it. */
async function openAndFail(): Promise<{ readonly caseId: string; readonly stopBlind: () => Promise<void> }> {
  const task = { definition: 'a question' };
  const { caseId } = await baton.open({ team: 'test-desk', task, message: { id: 'm-1', text: 'hello' } });
  await baton.askForHuman(caseId, { by: 'user-1', reason: 'please' });
  await until(async () => (await baton.status(caseId)).stage === 'human', { limitMs: 60_000 });
  await desk.stopWorkers();
  const stopBlind = await startBlindWorker();
  const handle = desk.client.workflow.getHandle(caseId);
  await handle.signal('say', { messageId: 'm-2', text: 'is anybody there?' });
  const isFailing = async (): Promise<boolean> =>
    ((await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0) >= 3;
  if (!(await until(isFailing, { limitMs: 60_000 })))
    throw new Error('the workflow task did not fail thrice');
  return { caseId, stopBlind };
}

/** A client of the desk's server that tells of refusals, and the ids of the updates it sent. */
function listening(refused: (thrown: unknown) => void): { readonly client: Client; readonly sent: string[] } {
  const { connection, options } = desk.client;
  const sent: string[] = [];
  const client = new Client({
    connection,
    namespace: options.namespace,
    interceptors: {
      workflow: [
        {
          startUpdate: async (input, next) => {
            // Without one the SDK gives each its own.
            sent.push(input.options.updateId ?? randomUUID());
            return next(input).catch((thrown: unknown) => {
              refused(thrown);
              throw thrown;
            });
          },
        },
      ],
    },
  });
  return { client, sent };
}

test('an update to a case whose workflow task fails waits for the worker that takes it, and is taken once', async () => {
  const { caseId, stopBlind } = await openAndFail();
  const refusals: unknown[] = [];
  const gates = createGates();
  const { client, sent } = listening((thrown) => {
    refusals.push(thrown);
    void gates.pass('refused');
  });
  const patient = createBatonClient({ client, answerMs: 90_000 });
  const claimed = patient.claim(caseId, { by: 'ann' });
  try {
    await Promise.race([gates.reached('refused'), claimed]);
  } finally {
    await stopBlind();
    await desk.startWorkers();
  }
  expect(await claimed).toMatchObject({ accepted: true, repeated: false });
  expect(refusals.length).toBeGreaterThan(0);
  expect(sent).toHaveLength(refusals.length + 1);
  expect(new Set(sent).size).toBe(1);
  const { events } = await desk.client.workflow.getHandle(caseId).fetchHistory();
  const claims = (events ?? []).filter(
    (event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name === 'claim',
  );
  expect(claims).toHaveLength(1);
  await baton.resolve(caseId, { by: 'ann', outcome: 'settled', note: 'by telephone', seen: 2 });
});

test('whoever is out of patience with it is told that the workflow task fails, and where to look', async () => {
  const { caseId, stopBlind } = await openAndFail();
  const impatient = createBatonClient({ client: desk.client, ledger: desk.ledger, answerMs: 5_000 });
  try {
    for (const ask of [() => impatient.claim(caseId, { by: 'ann' }), () => impatient.show(caseId)]) {
      const failed = await failureFrom(ask());
      expect(failed.code).toBe('NO_WORKER');
      expect(failed.message).toContain(`the workflow task of "${caseId}" fails again and again`);
    }
    expect(await impatient.status(caseId)).toMatchObject({ live: false, stage: 'human' });
  } finally {
    await stopBlind();
    await desk.startWorkers();
  }
});
