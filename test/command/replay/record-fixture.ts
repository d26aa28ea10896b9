import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { History } from '../../../client/history/history.ts';
import { millisecondsOf } from '../../../client/history/numbers.ts';
import { until } from '../../../scripts/ports.ts';
import { approve, go, type journey } from './fixture-workflows.ts';

/** Plays the fixture on the server of the environment and brings back the histories of both its runs. */
export async function recordFixture(workflowsPath: string): Promise<readonly [History, History]> {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const taskQueue = `fixture-${randomUUID()}`;
  const say = (what: unknown): Promise<string> => Promise.resolve(JSON.stringify(what));
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    workflowsPath,
    taskQueue,
    activities: { note: say, write: say, hang: () => Context.current().cancelled },
  });
  const connection = await Connection.connect({ address });
  try {
    return await worker.runUntil(async () => {
      const client = new Client({ connection });
      const handle = await client.workflow.start<typeof journey>('journey', {
        workflowId: `fixture-${randomUUID()}`,
        taskQueue,
        args: [1],
      });
      const timerRuns = async (milliseconds: number): Promise<boolean> => {
        const { events } = await handle.fetchHistory();
        return (events ?? []).some(
          ({ timerStartedEventAttributes: timer }) =>
            millisecondsOf(timer?.startToFireTimeout) === milliseconds,
        );
      };
      await until(() => timerRuns(60_000), { limitMs: 60_000 });
      await handle.signal(go, 'now');
      await until(() => timerRuns(70_000), { limitMs: 60_000 });
      await handle.executeUpdate(approve, { args: ['yes'] });
      await handle.result();
      const of = (runId?: string): Promise<History> =>
        client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
      return [await of(handle.firstExecutionRunId), await of()] as const;
    });
  } finally {
    await connection.close();
    await native.close();
  }
}
