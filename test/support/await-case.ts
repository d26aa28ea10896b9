import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { isTaskFailing } from '../../client/reach/failure-of.ts';
import type { CaseView } from '../../contract/case.ts';
import { LOOK_AHEAD } from '../../contract/look-ahead.ts';
import { QUERIES } from '../../contract/messages.ts';
import type { HistoryEvent } from '../../client/history/history.ts';

/** How long a test waits for a case, in milliseconds. */
export const limitMs = 120_000;
/** A query may be lost by a worker that forgets the case meanwhile; then the server says so much later. */
const answerMs = 5_000;

/**
 * Waits until a case looks as the test needs it: asks again whenever a workflow task has been taken, never by the
 * clock. Nothing else changes what a case says of itself, and a case that no worker has in memory is replayed whole
 * for every question.
 * @returns the view for which `holds` said yes
 * @throws after two minutes, with the last view
 */
export async function awaitCase(
  client: Client,
  handle: WorkflowHandle,
  holds: (view: CaseView) => boolean,
  options: { readonly limitMs?: number } = {},
): Promise<CaseView> {
  const end = Date.now() + (options.limitMs ?? limitMs);
  const growth = followHistory(client, handle.workflowId, end);
  try {
    for (;;) {
      const view = await patiently(end, () =>
        client.withDeadline(Date.now() + answerMs, () => handle.query(QUERIES.show).catch(notYet)),
      );
      if (view !== undefined && holds(view)) return view;
      if (Date.now() > end || !(await isTaken(growth))) {
        throw new Error(`the case did not come to it: ${JSON.stringify(view)}`);
      }
    }
  } finally {
    await growth.return(undefined);
  }
}

/** Waits for the end of a workflow task, or of a run; false where nothing more comes. */
async function isTaken(growth: AsyncGenerator<readonly HistoryEvent[], undefined>): Promise<boolean> {
  for (;;) {
    const page = await growth.next();
    if (page.done === true) return false;
    const attributes = page.value.flatMap((event) => Object.keys(event));
    if (
      attributes.some(
        (name) => name.startsWith('workflowTaskCompleted') || name.startsWith('workflowExecution'),
      )
    )
      return true;
  }
}

/** A query would have looked ahead of a workflow task that is on its way, whose end will be seen in the history. */
function notYet(thrown: unknown): undefined {
  if (thrown instanceof QueryNotRegisteredError && thrown.message.includes(LOOK_AHEAD.message))
    return undefined;
  throw thrown;
}

const BUSY: ReadonlySet<number> = new Set([1, 4, 14]);

/**
 * Nothing is said about the case by gRPC's DEADLINE_EXCEEDED, UNAVAILABLE and CANCELLED (the server or a worker was too
 * busy to answer; under load our own deadline is told as a cancelled call), and by a query that met a workflow task which
 * will be tried again.
 */
function isBusy(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (!isGrpcServiceError(cause)) return false;
  return BUSY.has(cause.code) || isTaskFailing(error);
}

async function patiently<Answer>(end: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      if (!isBusy(thrown) || Date.now() > end) throw thrown;
    }
  }
}

/** Waits until no workflow task of a case is on its way. */
export async function awaitRest(client: Client, handle: WorkflowHandle): Promise<void> {
  const growth = followHistory(client, handle.workflowId, Date.now() + limitMs);
  try {
    while ((await handle.describe()).raw.pendingWorkflowTask != null)
      if ((await growth.next()).done === true) return;
  } finally {
    await growth.return(undefined);
  }
}

/** Waits until the current run of a workflow has an event that the test looks for. */
export async function awaitEvent(
  client: Client,
  handle: WorkflowHandle,
  isIt: (event: HistoryEvent) => boolean,
  options: { readonly limitMs?: number } = {},
): Promise<HistoryEvent> {
  for await (const events of followHistory(
    client,
    handle.workflowId,
    Date.now() + (options.limitMs ?? limitMs),
  )) {
    const found = events.find(isIt);
    if (found) return found;
  }
  throw new Error('the event did not come');
}

/** Events of a workflow as they are written, by long poll, over continue-as-new; ends at the time given. */
async function* followHistory(
  client: Client,
  workflowId: string,
  end: number,
): AsyncGenerator<readonly HistoryEvent[], undefined> {
  let nextPageToken: Uint8Array | undefined;
  while (Date.now() < end) {
    const ask = (): Promise<{
      history?: { events?: HistoryEvent[] | null } | null;
      nextPageToken?: Uint8Array | null;
    }> =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId },
        waitNewEvent: true,
        ...(nextPageToken ? { nextPageToken } : {}),
      });
    const left = Math.max(100, end - Date.now());
    const page = await client.withDeadline(Date.now() + left, ask).catch(() => undefined);
    if (!page) return undefined;
    yield page.history?.events ?? [];
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  }
  return undefined;
}
