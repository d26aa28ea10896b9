import { BatonError, failure } from '../../contract/failures.ts';
import {
  parseTicketMirror,
  TICKET_ID_PREFIX,
  TICKET_WORKFLOW,
  type TicketMirror,
} from '../../contract/tickets/mirror.ts';
import { failedRuns, startAgain, type FailedBecause, type OutboundKind } from '../history/failed-runs.ts';
import type { Access } from '../reach/access.ts';

/** A case whose ticket could not be kept alike, and that nobody has redriven since. */
export interface FailedTicket {
  /** Name of the mirroring: its workflow id. */
  readonly mirror: string;
  readonly desk: string;
  readonly caseId: string;
  readonly failedAt: string;
  readonly failure: FailedBecause;
}

/** Which of them. */
export interface TicketFilter {
  readonly desk?: string;
  /** At most so many, the newest first; 50 when absent, 1,000 at most. */
  readonly limit?: number;
}

const MIRRORS: OutboundKind<TicketMirror> = {
  type: TICKET_WORKFLOW,
  prefix: TICKET_ID_PREFIX,
  parse: parseTicketMirror,
  summary: ({ caseId, desk }) => `${caseId} and its ticket at ${desk}`,
  lost: 'TICKET_SYSTEM_UNAVAILABLE',
};

/**
 * Cases whose tickets could not be kept alike. Needs no worker.
 * @throws BatonError `INPUT_INVALID`, `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function failedTickets(
  access: Access,
  { desk, limit }: TicketFilter = {},
): Promise<readonly FailedTicket[]> {
  const found = await failedRuns(access, MIRRORS, { field: 'desk', name: desk, limit });
  return found.map(({ workflowId, input, failedAt, failure: failed }) => ({
    mirror: workflowId,
    desk: workflowId.split('/')[1] ?? '',
    caseId: input?.caseId ?? workflowId.split('/').slice(2).join('/'),
    failedAt,
    failure: failed,
  }));
}

/**
 * Goes on with a case and its ticket, with all attempts: what the ticket has is not told again.
 * @throws BatonError `TICKET_MIRROR_UNKNOWN` for one that is not there or has not failed, `SERVER_UNREACHABLE`
 */
export async function redriveTicket(access: Access, mirror: string): Promise<void> {
  await startAgain(access, MIRRORS, {
    workflowId: mirror,
    unknown: () => new BatonError(failure('TICKET_MIRROR_UNKNOWN', JSON.stringify(mirror), 'mirror')),
  });
}
