import { condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import { applicationFailure } from '../contract/application-failure.ts';
import { isPoison, poisonFailure } from '../contract/poison.ts';
import {
  parseTicketMirror,
  TICKET_CHANGED,
  TICKET_WORKFLOW,
  ticketQueue,
  type TicketActivities,
  type TicketMirrored,
} from '../contract/tickets/mirror.ts';

/** Longer than all pauses that a desk can have, so that even one that nobody serves comes to an end. */
const GIVEN_UP_AFTER = '31 days';

/**
 * Keeps one case and its ticket alike until the case has ended. Signals only say that there is something new: the
 * activity reads what, on both sides, and in order. There is one such workflow for a case at a desk, so nothing
 * overtakes anything. What has failed stays as a failed workflow.
 */
export async function runTicket(value: unknown): Promise<TicketMirrored> {
  const parsed = isPoison(value)
    ? { ok: false as const, failure: poisonFailure(value) }
    : parseTicketMirror(value);
  if (!parsed.ok) throw applicationFailure(parsed.failure);
  const { version, desk, caseId, ...begun } = parsed.value;
  // What it was started for counts as the first change.
  let changes = 1;
  setHandler(TICKET_CHANGED, () => {
    changes += 1;
  });
  const activities = proxyActivities<TicketActivities>({
    taskQueue: ticketQueue(desk),
    summary: `${caseId} and its ticket at ${desk}`,
    startToCloseTimeout: '5 minutes',
    heartbeatTimeout: '1 minute',
    scheduleToCloseTimeout: GIVEN_UP_AFTER,
    retry: { initialInterval: '2 seconds', backoffCoefficient: 3, maximumInterval: '1 hour' },
  });
  let known: Omit<TicketMirrored, 'ended'> = begun;
  let seen = 0;
  for (;;) {
    while (seen < changes) {
      seen = changes;
      const { ended, ...mirrored } = await activities['mirror-ticket']({ version, desk, caseId, ...known });
      known = mirrored;
      // What came meanwhile is looked at once more.
      if (ended && seen === changes) return { ...known, ended };
    }
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<(next: unknown) => Promise<TicketMirrored>>({ version, desk, caseId, ...known });
    await condition(() => seen < changes);
  }
}
Object.defineProperty(runTicket, 'name', { value: TICKET_WORKFLOW });
