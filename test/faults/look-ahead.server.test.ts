import { NativeConnection } from '@temporalio/worker';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import { replayBundle } from '../../command/replay/replay-bundle.ts';
import { replayRun } from '../../command/replay/replay-run.ts';
import type { CaseInputWritten, CaseResult } from '../../contract/case.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { caseInput, openBed, unique } from '../support/bed.ts';
import { createGates } from '../support/gates.ts';

/**
 * The case worker is away while questions to the case wait and a turn ends: whichever of them the next worker takes
 * first, the case decides on the turn at the time of the workflow task that brings it (I10).
 */
test('a question that waits for a worker does not run the case ahead of its history', async () => {
  const pool = unique('pool');
  const gates = createGates();
  const billing = agent('billing', pool, () => finish('done'));
  const triage = agent('triage', pool, async () => {
    await gates.pass('turn');
    return transfer('billing');
  });
  const team = defineTeam({
    name: unique('ahead'),
    start: triage,
    edges: [edge(triage, billing), escalate(triage, people('desk', { ann: { roles: [] } }))],
  });
  const bed = await openBed({ teams: [team] });
  const native = await NativeConnection.connect({ address: String(process.env['TEMPORAL_ADDRESS']) });
  const caseQueue = unique('cases');
  const serveCases = async (): Promise<() => Promise<void>> => {
    const workers = await createWorkers({
      connection: native,
      teams: [team],
      ledger: bed.ledger,
      manifests: bed.manifests,
      caseQueue,
      queues: [caseQueue],
      bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
      graceMs: 1_000,
    });
    const running = workers.run();
    return async () => {
      workers.stop();
      await running;
    };
  };
  let stop = await serveCases();
  try {
    const handle = await bed.client.workflow.start<(input: CaseInputWritten) => Promise<CaseResult>>(
      CASE_WORKFLOW,
      {
        workflowId: unique('ahead'),
        taskQueue: caseQueue,
        workflowTaskTimeout: '2 seconds',
        args: [caseInput(team.name)],
      },
    );
    await gates.reached('turn');
    await stop();
    const baton = createBatonClient({ client: bed.client, ledger: bed.ledger, answerMs: 60_000 });
    const views = Promise.all([1, 2].map(() => baton.show(handle.workflowId)));
    // The server has both questions before it hears of the turn's end: they came first on the same connection.
    await handle.describe();
    const turns = (await handle.fetchHistory()).events?.length ?? 0;
    gates.open('turn');
    await awaitEvent(
      bed.client,
      handle,
      (event) => event.activityTaskCompletedEventAttributes != null && Number(event.eventId) > turns,
    );
    stop = await serveCases();
    expect(await handle.result()).toMatchObject({ path: ['triage', 'billing'] });
    expect((await views).map((view) => view.caseId)).toEqual([handle.workflowId, handle.workflowId]);
    const history = await handle.fetchHistory();
    const { plain, strict } = await replayRun({ history, bundle: await replayBundle() });
    expect([plain, strict.difference]).toEqual([{ ok: true }, undefined]);
  } finally {
    await stop();
    await native.close();
    await bed.close();
  }
});
