import { WorkflowNotFoundError } from '@temporalio/client';
import { CASE_QUEUE } from '../../contract/queues.ts';
import {
  TICKET_CHANGED,
  TICKET_WORKFLOW,
  ticketWorkflowId,
  type TicketMirror,
} from '../../contract/tickets/mirror.ts';
import type { Access } from '../reach/access.ts';
import { askServer } from '../reach/ask-server.ts';

/** Whose ticket has changed. */
export interface ChangedTicket {
  /** Name of the desk. */
  readonly desk: string;
  /** Whole id of the case, as the ticket names it: whether there is one is found out later. */
  readonly caseId: string;
}

/**
 * Has a ticket looked at that people may have changed. Once this resolves, the server keeps it: the change reaches the
 * case, or the ticket is told why not. Repeats are harmless. Needs no worker.
 * @throws BatonError `SERVER_UNREACHABLE`
 */
export async function wakeTicket(access: Access, { desk, caseId }: ChangedTicket): Promise<void> {
  const { workflow } = access.client;
  const workflowId = ticketWorkflowId(desk, caseId);
  await askServer(access, undefined, async () => {
    try {
      await workflow.getHandle(workflowId).signal(TICKET_CHANGED);
      return;
    } catch (thrown) {
      if (!(thrown instanceof WorkflowNotFoundError)) throw thrown;
    }
    // The case is over, or its ticket was never kept alike: that is looked into once more, and said in the ticket.
    const mirror: TicketMirror = { version: '1.0.0', desk, caseId, through: 0, taken: 0 };
    await workflow.signalWithStart(TICKET_WORKFLOW, {
      args: [mirror],
      signal: TICKET_CHANGED,
      workflowId,
      taskQueue: (await queueOf(access, workflowId)) ?? (await queueOf(access, caseId)) ?? CASE_QUEUE,
      workflowTaskTimeout: 2_000,
      staticSummary: `${caseId} and its ticket at ${desk}`,
    });
  });
}

/** Task queue of a workflow that is there, or was. */
async function queueOf({ client }: Access, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).taskQueue;
  } catch (thrown) {
    if (thrown instanceof WorkflowNotFoundError) return undefined;
    throw thrown;
  }
}
