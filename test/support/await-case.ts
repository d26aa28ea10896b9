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
import { nextRun } from '../../client/history/run-chain.ts';

/** How long a test waits for a case, in milliseconds. */
export const limitMs = 120_000;
/**
 * A query may be lost by a worker that forgets the case meanwhile; then the server says so much later. Each further one
 * waits twice as long: what is asked again while the one before still lies with a slow worker only adds to its work.
 */
const firstAnswerMs = 5_000;

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
    let answerMs = firstAnswerMs;
    for (;;) {
      const told = await ask(client, handle, Math.min(Date.now() + answerMs, end));
      if (told.kind === 'view' && holds(told.view)) return told.view;
      // Nothing of the case stands in the way of the next query; only a worker's slowness does.
      if (told.kind === 'silence' && Date.now() < end) {
        answerMs *= 2;
        continue;
      }
      if (Date.now() >= end || !(await isTaken(growth))) {
        if (told.kind !== 'view') throw told.thrown;
        throw new Error(`the case did not come to it: ${JSON.stringify(told.view)}`);
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

/** What came of a query: the view, nothing at all, or that a workflow task on its way comes first. */
type Told =
  | { readonly kind: 'view'; readonly view: CaseView }
  | { readonly kind: 'silence' | 'task-first'; readonly thrown: unknown };

async function ask(client: Client, handle: WorkflowHandle, deadline: number): Promise<Told> {
  try {
    return { kind: 'view', view: await client.withDeadline(deadline, () => handle.query(QUERIES.show)) };
  } catch (thrown) {
    if (isTaskFirst(thrown)) return { kind: 'task-first', thrown };
    if (isSilence(thrown)) return { kind: 'silence', thrown };
    throw thrown;
  }
}

const SILENCE: ReadonlySet<number> = new Set([1, 4, 14]);

/**
 * Nothing is said about the case by gRPC's DEADLINE_EXCEEDED, UNAVAILABLE and CANCELLED: the server or a worker was too
 * busy to answer; under load our own deadline is told as a cancelled call.
 */
function isSilence(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  return isGrpcServiceError(cause) && SILENCE.has(cause.code);
}

/**
 * A query met a workflow task that will be tried again, or would have looked ahead of one. Either is over once that
 * task is done, and the history grows with it. Asking before would take the worker's time from the task itself.
 */
function isTaskFirst(error: unknown): boolean {
  if (error instanceof QueryNotRegisteredError) return error.message.includes(LOOK_AHEAD.message);
  return isTaskFailing(error);
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

/**
 * Events of a workflow as they are written, by long poll, over continue-as-new; ends at the time given, or with the
 * workflow. A server that is silent meanwhile, or away, is asked again.
 */
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
    const page = await client.withDeadline(Date.now() + left, ask).catch((thrown: unknown) => {
      if (isSilence(thrown)) return 'silence' as const;
      return undefined;
    });
    if (page === 'silence') continue;
    if (!page) return undefined;
    const events = page.history?.events ?? [];
    yield events;
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
    if (!nextPageToken && nextRun(events.at(-1)) === undefined) return undefined;
  }
  return undefined;
}
