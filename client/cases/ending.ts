import type { CaseOutcome, CaseResult } from '../../contract/case.ts';
import { failure } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { isPoison, poisonFailure } from '../../contract/poison.ts';
import type { Access } from '../reach/access.ts';
import { askServer, handleOf } from '../reach/ask-server.ts';
import { failureOf } from '../reach/failure-of.ts';

/** How a case ended, as far as the server can tell. */
export interface Ending {
  readonly outcome: CaseOutcome;
  /** The workflow's own result; absent for a case that failed at the door, was terminated or timed out. */
  readonly result?: CaseResult;
}

/**
 * Reads how a closed case ended; undefined while it is open. Needs no worker.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`
 */
export async function readEnding(access: Access, caseId: string): Promise<Ending | undefined> {
  const description = await askServer(access, caseId, () => handleOf(access, caseId).describe());
  const { name } = description.status;
  if (name === 'RUNNING' || name === 'PAUSED' || name === 'CONTINUED_AS_NEW') return undefined;
  try {
    const result: unknown = await access.client.withDeadline(Date.now() + access.serverMs, () =>
      access.client.workflow.getHandle(caseId, description.runId).result(),
    );
    if (isPoison(result)) return { outcome: { kind: 'failed', failure: poisonFailure(result) } };
    if (isCaseResult(result)) return { outcome: result.outcome, result };
    return {
      outcome: { kind: 'failed', failure: failure('CASE_UNKNOWN', 'its result is not that of a case') },
    };
  } catch (thrown) {
    const failed = failureOf(thrown, { address: access.address, caseId });
    if (failed.code === 'SERVER_UNREACHABLE') throw failed;
    const { code, message, field } = failed;
    return {
      outcome: { kind: 'failed', failure: { code, message, ...(field === undefined ? {} : { field }) } },
    };
  }
}

function isCaseResult(value: unknown): value is CaseResult {
  return isJsonObject(value) && value['version'] === '1.0.0' && isJsonObject(value['outcome']);
}
