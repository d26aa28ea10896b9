import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { CaseInputWritten, CaseResult } from '../../contract/case.ts';
import { CASE_WORKFLOW, poolQueue } from '../../contract/queues.ts';
import { openLedgerStore, openManifestStore } from '../../stores/open-stores.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { payloadConverterPath } from '../../workers/workflow-bundle.ts';
import type { HistoryEvent } from '../../client/history/history.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { caseInput, quietRuntime, unique, type CaseHandle } from '../support/bed.ts';

const sources = unique('sources');
const receivers = unique('receivers');
const desk = people('desk', { ann: { roles: [] } });
const billing = agent('billing', receivers, () => finish('billing did it'));
const triage = agent('triage', sources, (turn) =>
  turn.notices.length > 0 ? finish('billing did not answer') : transfer('billing'),
);
const team = defineTeam({
  name: unique('late'),
  start: triage,
  edges: [edge(triage, billing, { offerMs: 4_000 }), escalate(triage, desk)],
});

const answered = (event: HistoryEvent): boolean => event.activityTaskCompletedEventAttributes != null;
const rang = (event: HistoryEvent): boolean => event.timerFiredEventAttributes != null;

/** Waits until so many events of a kind have been written. */
async function awaitCount(
  client: Client,
  handle: CaseHandle,
  count: number,
  isIt: (event: HistoryEvent) => boolean,
): Promise<void> {
  const seen = new Set<string>();
  await awaitEvent(client, handle, (event) => {
    if (isIt(event)) seen.add(String(event.eventId));
    return seen.size >= count;
  });
}

/**
 * The workers of cases are away while a receiver answers and its deadline passes, so that the case hears of both at
 * once. Nobody has taken the offer back, so the answer holds, whichever came first.
 */
test.each(['before', 'after'] as const)(
  'a receiver that answers %s its deadline, in the same workflow task, has the case (T4)',
  async (when) => {
    quietRuntime();
    const address = String(process.env['TEMPORAL_ADDRESS']);
    const folder = await mkdtemp(path.join(tmpdir(), 'baton-late-'));
    const file = `file:${path.join(folder, 'ledger.db')}`;
    const [ledger, manifests] = [await openLedgerStore(file), await openManifestStore(file)];
    const connection = await Connection.connect({ address });
    const native = await NativeConnection.connect({ address });
    const client = new Client({
      connection,
      dataConverter: { payloadConverterPath: payloadConverterPath() },
    });
    const caseQueue = unique('cases');
    const stops: (() => Promise<void>)[] = [];
    const serve = async (...queues: readonly string[]): Promise<() => Promise<void>> => {
      const workers = await createWorkers({
        connection: native,
        teams: [team],
        ledger,
        manifests,
        caseQueue,
        queues,
        bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
        graceMs: 1_000,
      });
      const running = workers.run();
      const stop = async (): Promise<void> => {
        workers.stop();
        await running;
      };
      stops.push(stop);
      return stop;
    };
    try {
      const stopCases = await serve(caseQueue, poolQueue(sources));
      const handle: CaseHandle = await client.workflow.start<
        (input: CaseInputWritten) => Promise<CaseResult>
      >(CASE_WORKFLOW, {
        workflowId: unique('late'),
        taskQueue: caseQueue,
        workflowTaskTimeout: '2 seconds',
        args: [caseInput(team.name)],
      });
      await awaitEvent(
        client,
        handle,
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'handoff',
      );
      await stopCases();
      if (when === 'after') await awaitCount(client, handle, 1, rang);
      await serve(poolQueue(receivers));
      await awaitCount(client, handle, 3, answered);
      if (when === 'before') await awaitCount(client, handle, 1, rang);
      await serve(caseQueue, poolQueue(sources));
      expect(await handle.result()).toMatchObject({
        outcome: { outcome: 'billing did it' },
        path: ['triage', 'billing'],
      });
    } finally {
      await Promise.allSettled(stops.map((stop) => stop()));
      await native.close();
      await connection.close();
      await Promise.all([ledger.close(), manifests.close()]);
      await rm(folder, { recursive: true, force: true });
    }
  },
);
