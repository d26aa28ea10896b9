import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { DEFAULT_TENANT } from '../../contract/tenant.ts';
import {
  TICKET_CHANGED,
  TICKET_WORKFLOW,
  ticketWorkflowId,
  type TicketMirror,
} from '../../contract/tickets/mirror.ts';
import type { WantedEvent } from '../../contract/tickets/wanted.ts';
import type { WebhookEvent } from '../../contract/webhooks/event.ts';

/**
 * Wakes the workflow that keeps a case and its ticket alike. Most cases never need a person, so it is started by what
 * may make a ticket alone. An event that finds none loses nothing: its row is in the ledger, and whatever starts the
 * workflow later reads it there.
 * @param queue task queue whose workers run the workflows
 */
export function createTicketWaker(
  client: Client,
  queue: string,
): (wanted: WantedEvent, event: WebhookEvent) => Promise<void> {
  return async ({ desk, wants }, { data: { caseId, team, tenant } }) => {
    const workflowId = ticketWorkflowId(desk, caseId);
    try {
      if (wants === 'tell') {
        await client.workflow.getHandle(workflowId).signal(TICKET_CHANGED);
        return;
      }
      const mirror: TicketMirror = { version: '1.0.0', desk, caseId, through: 0, taken: 0 };
      await client.workflow.signalWithStart(TICKET_WORKFLOW, {
        args: [mirror],
        signal: TICKET_CHANGED,
        workflowId,
        taskQueue: queue,
        // One that has come to its end knows that the case had; one that has failed begins anew.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowTaskTimeout: 2_000,
        typedSearchAttributes: new TypedSearchAttributes([
          { key: SEARCH_ATTRIBUTES.team, value: team },
          ...(tenant === DEFAULT_TENANT ? [] : [{ key: SEARCH_ATTRIBUTES.tenant, value: tenant }]),
        ]),
        staticSummary: `${caseId} and its ticket at ${desk}`,
      });
    } catch (thrown) {
      const isOver =
        thrown instanceof WorkflowNotFoundError || thrown instanceof WorkflowExecutionAlreadyStartedError;
      if (!isOver) throw thrown;
    }
  };
}
