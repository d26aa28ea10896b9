import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { CaseDoor } from '../../activities/tickets/case-door.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
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
export function openCaseDoor(options: CaseDoorOptions): CaseDoor & Pick<BatonClient, 'status'> {
  const { connection, namespace, dataConverter, context, privateTeams } = options;
  const client = new Client({ connection, namespace, dataConverter });
  const reads = createBatonClient({ client });
  const says = createBatonClient({ client, privateTeams, ...(context ? { context } : {}) });
  const told = <Receipt>(caseId: string, act: () => Promise<Receipt>): Promise<Receipt> =>
    act().catch((thrown: unknown) => refusedBy(reads, { caseId, thrown }));
  return {
    status: (caseId) => reads.status(caseId),
    show: (caseId) => reads.show(caseId),
    reply: (caseId, message) => told(caseId, () => says.reply(caseId, message)),
    claim: (caseId, request) => told(caseId, () => says.claim(caseId, request)),
    release: (caseId, request) => told(caseId, () => says.release(caseId, request)),
    giveBack: (caseId, request) => told(caseId, () => says.giveBack(caseId, request)),
    resolve: (caseId, request) => told(caseId, () => says.resolve(caseId, request)),
    decide: (caseId, decision) => told(caseId, () => says.decide(caseId, decision)),
  };
}

/**
 * Why a case has refused something. The connection of workers drops the words in which the server says that a case is
 * over, so it looks like one that never was.
 */
async function refusedBy(
  reads: Pick<BatonClient, 'status'>,
  { caseId, thrown }: { readonly caseId: string; readonly thrown: unknown },
): Promise<never> {
  if (!isBatonError(thrown) || thrown.code !== 'CASE_UNKNOWN') throw thrown;
  const { stage } = await reads.status(caseId);
  throw stage === 'closed' ? new BatonError(failure('CASE_CLOSED', caseId)) : thrown;
}
