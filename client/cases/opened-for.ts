import { BatonError, failure } from '../../contract/failures.ts';
import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { decodePayloads } from '../history/payloads.ts';
import { openPayloads } from '../history/run-chain.ts';
import type { Access } from '../reach/access.ts';
import { askServer } from '../reach/ask-server.ts';
import { parseCaseId } from '../reach/case-id.ts';

/** Who a case was opened for, and by whom, as far as its opener said. It never changes. */
export interface OpenedFor {
  /** `user.id` of the case. */
  readonly user?: string;
  readonly openedBy?: string;
}

/**
 * Reads from the first event of a case who it was opened for. Needs no worker.
 * @throws BatonError `CASE_UNKNOWN`, also for other workflows; `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function readOpenedFor(access: Access, caseId: string): Promise<OpenedFor> {
  const workflowId = parseCaseId(caseId);
  const { workflowService, options } = access.client;
  const { history } = await askServer(access, caseId, () =>
    workflowService.getWorkflowExecutionHistory({
      namespace: options.namespace,
      execution: { workflowId },
      maximumPageSize: 1,
    }),
  );
  const events = history?.events ?? [];
  await openPayloads(access, { events });
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  if (started?.workflowType?.name !== CASE_WORKFLOW)
    throw new BatonError(failure('CASE_UNKNOWN', `${JSON.stringify(caseId)} is not a case`, 'caseId'));
  const [input] = decodePayloads(started.input);
  if (!isJsonObject(input)) return {};
  const user = isJsonObject(input['user']) ? text(input['user']['id']) : undefined;
  const openedBy = text(input['openedBy']);
  return { ...(user === undefined ? {} : { user }), ...(openedBy === undefined ? {} : { openedBy }) };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
