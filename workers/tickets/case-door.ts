import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { CaseDoor } from '../../activities/tickets/case-door.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import type { ContextStore } from '../../contract/ports.ts';

/** What the doors of cases are reached with. */
export interface CaseDoorOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  readonly context?: ContextStore;
  /** Teams whose words go by reference. */
  readonly privateTeams: readonly string[];
}

/**
 * The doors of cases by the typed client, as any other door has them. What is read is read without a context store: the
 * words of private teams stay references, and so out of tickets. What people say goes through it.
 */
export function openCaseDoor(options: CaseDoorOptions): CaseDoor {
  const { connection, namespace, dataConverter, context, privateTeams } = options;
  const client = new Client({ connection, namespace, dataConverter });
  const reads = createBatonClient({ client });
  const says = createBatonClient({ client, privateTeams, ...(context ? { context } : {}) });
  return {
    status: (caseId) => reads.status(caseId),
    show: (caseId) => reads.show(caseId),
    reply: (caseId, message) => says.reply(caseId, message),
    claim: (caseId, request) => says.claim(caseId, request),
    release: (caseId, request) => says.release(caseId, request),
    giveBack: (caseId, request) => says.giveBack(caseId, request),
    resolve: (caseId, request) => says.resolve(caseId, request),
    decide: (caseId, decision) => says.decide(caseId, decision),
  };
}
