import { WorkflowExecutionAlreadyStartedError, type WorkflowExecutionInfo } from '@temporalio/client';
import { BatonError, failure, type Failure } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import {
  parseWebhookDelivery,
  WEBHOOK_ID_PREFIX,
  WEBHOOK_WORKFLOW,
  type WebhookDelivery,
} from '../../contract/webhooks/delivery.ts';
import { decodePayload, decodePayloads } from '../history/payloads.ts';
import { openPayloads } from '../history/run-chain.ts';
import { limitOf } from '../cases/list.ts';
import type { Access } from '../reach/access.ts';
import { askServer } from '../reach/ask-server.ts';

/** A delivery that spent its attempts, and that nobody has redriven since. */
export interface FailedWebhook {
  /** Name of the delivery: its workflow id. */
  readonly delivery: string;
  readonly endpoint: string;
  /** Such as `case.closed`. */
  readonly type: string;
  readonly caseId: string;
  readonly seq: number;
  readonly failedAt: string;
  readonly failure: Pick<Failure, 'message'> & { readonly code: string };
}

/** Which of them. */
export interface WebhookFilter {
  readonly endpoint?: string;
  /** At most so many, the newest first; 50 when absent, 1,000 at most. */
  readonly limit?: number;
}

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * The deliveries that have failed for good. Needs no worker.
 * @throws BatonError `INPUT_INVALID`, `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function failedWebhooks(
  access: Access,
  { endpoint, limit }: WebhookFilter = {},
): Promise<readonly FailedWebhook[]> {
  if (endpoint !== undefined && !NAME.test(endpoint))
    throw new BatonError(failure('INPUT_INVALID', 'endpoint: a name such as shop', 'endpoint'));
  const most = limitOf(limit);
  const { workflow } = access.client;
  const of = endpoint === undefined ? '' : ` AND WorkflowId STARTS_WITH '${WEBHOOK_ID_PREFIX}${endpoint}/'`;
  const query = `WorkflowType = '${WEBHOOK_WORKFLOW}' AND ExecutionStatus IN ('Failed', 'TimedOut', 'Terminated')${of}`;
  return askServer(access, undefined, async () => {
    const found: FailedWebhook[] = [];
    for await (const one of workflow.list({ query, pageSize: Math.min(most, 200) })) {
      // A delivery that was redriven has a later run under its id.
      const latest = await workflow.getHandle(one.workflowId).describe();
      if (latest.runId !== one.runId) continue;
      found.push(await failedOf(access, one));
      if (found.length >= most) break;
    }
    return found;
  });
}

/**
 * Starts a failed delivery again: the same event under the same webhook-id, with all its attempts.
 * @throws BatonError `WEBHOOK_UNKNOWN` for one that is not there or has not failed, `SERVER_UNREACHABLE`
 */
export async function redriveWebhook(access: Access, delivery: string): Promise<void> {
  const { workflow } = access.client;
  const unknown = (): BatonError =>
    new BatonError(failure('WEBHOOK_UNKNOWN', JSON.stringify(delivery), 'delivery'));
  if (!delivery.startsWith(WEBHOOK_ID_PREFIX)) throw unknown();
  await askServer(access, undefined, async () => {
    const description = await workflow
      .getHandle(delivery)
      .describe()
      .catch(() => undefined);
    if (!description || !['FAILED', 'TIMED_OUT', 'TERMINATED'].includes(description.status.name))
      throw unknown();
    const { input } = await endsOf(access, delivery, description.runId);
    if (!input) throw unknown();
    await workflow
      .start(WEBHOOK_WORKFLOW, {
        args: [input],
        workflowId: delivery,
        taskQueue: description.taskQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowTaskTimeout: 2_000,
        typedSearchAttributes: description.typedSearchAttributes,
        staticSummary: `${input.event.type} to ${input.endpoint}`,
      })
      .catch((thrown: unknown) => {
        // Somebody else has redriven it meanwhile, and it has arrived.
        if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
      });
  });
}

async function failedOf(access: Access, one: WorkflowExecutionInfo): Promise<FailedWebhook> {
  const { input, failed } = await endsOf(access, one.workflowId, one.runId);
  const [, endpoint = ''] = one.workflowId.split('/');
  return {
    delivery: one.workflowId,
    endpoint,
    type: input?.event.type ?? '',
    caseId: input?.event.data.caseId ?? '',
    seq: input?.event.data.seq ?? 0,
    failedAt: (one.closeTime ?? one.startTime).toISOString(),
    failure: failed,
  };
}

/** What a run began with, and how it ended. */
async function endsOf(
  access: Access,
  workflowId: string,
  runId: string,
): Promise<{ readonly input: WebhookDelivery | undefined; readonly failed: FailedWebhook['failure'] }> {
  const history = await access.client.workflow.getHandle(workflowId, runId).fetchHistory();
  await openPayloads(access, history);
  const events = history.events ?? [];
  const [value] = decodePayloads(events[0]?.workflowExecutionStartedEventAttributes?.input);
  const parsed = parseWebhookDelivery(value);
  let cause = events.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
  while (cause?.cause) cause = cause.cause;
  const said = decodePayload(cause?.applicationFailureInfo?.details?.payloads?.[0]);
  const { code, message } = isJsonObject(said) ? said : {};
  return {
    input: parsed.ok ? parsed.value : undefined,
    failed: {
      code: typeof code === 'string' ? code : (cause?.applicationFailureInfo?.type ?? 'WEBHOOK_UNDELIVERED'),
      message: typeof message === 'string' ? message : (cause?.message ?? 'it was ended from outside'),
    },
  };
}
