import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { Access } from './access.ts';
import { parseCaseId } from './case-id.ts';
import { failureOf } from './failure-of.ts';

/**
 * Asks the server something about a case, within a deadline, and turns whatever goes wrong into a failure of the
 * catalogue.
 * @throws BatonError
 */
export async function askServer<Answer>(
  access: Access,
  caseId: string | undefined,
  question: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await access.client.withDeadline(Date.now() + access.serverMs, question);
  } catch (thrown) {
    throw failureOf(thrown, { address: access.address, ...(caseId === undefined ? {} : { caseId }) });
  }
}

/** A handle on the newest run of a case. Failures: `INPUT_INVALID`. */
export function handleOf(access: Access, caseId: string): WorkflowHandle {
  return access.client.workflow.getHandle(parseCaseId(caseId));
}

/** What the server knows of a case without a worker. Failures: `CASE_UNKNOWN`, `SERVER_UNREACHABLE`. */
export async function describeCase(access: Access, caseId: string): Promise<WorkflowExecutionDescription> {
  return askServer(access, caseId, () => handleOf(access, caseId).describe());
}
