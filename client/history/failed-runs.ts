import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { BatonError, failure, type Failure, type FailureCode } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { Parsed } from '../../contract/parse.ts';
import { limitOf } from '../cases/list.ts';
import type { Access } from '../reach/access.ts';
import { askServer } from '../reach/ask-server.ts';
import { decodePayload, decodePayloads } from './payloads.ts';
import { openPayloads } from './run-chain.ts';

/** A workflow that works for the world outside: its type, what its ids begin with, and what it is started with. */
export interface OutboundKind<Input> {
  readonly type: string;
  readonly prefix: string;
  readonly parse: (value: unknown) => Parsed<Input>;
  readonly summary: (input: Input) => string;
  /** What it comes to where somebody ended it from outside. */
  readonly lost: FailureCode;
}

/** One that failed for good, and that nobody has started again since. */
export interface FailedRun<Input> {
  readonly workflowId: string;
  /** Undefined where it cannot be read any more. */
  readonly input: Input | undefined;
  readonly failedAt: string;
  readonly failure: FailedBecause;
}

/** Why one failed: a code of the catalogue, or the name that something else has for it. */
export type FailedBecause = Pick<Failure, 'message'> & { readonly code: string };

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * The workflows of a kind that have failed for good, the newest first. Needs no worker.
 * @param filter those for one endpoint or desk, by the field that names it; 50 when no limit is given, 1,000 at most
 * @throws BatonError `INPUT_INVALID`, `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function failedRuns<Input>(
  access: Access,
  kind: OutboundKind<Input>,
  filter: { readonly field: string; readonly name?: string | undefined; readonly limit?: number | undefined },
): Promise<readonly FailedRun<Input>[]> {
  const { field, name } = filter;
  if (name !== undefined && !NAME.test(name))
    throw new BatonError(failure('INPUT_INVALID', `${field}: a name such as shop`, field));
  const most = limitOf(filter.limit);
  const { workflow } = access.client;
  const of = name === undefined ? '' : ` AND WorkflowId STARTS_WITH '${kind.prefix}${name}/'`;
  const query = `WorkflowType = '${kind.type}' AND ExecutionStatus IN ('Failed', 'TimedOut', 'Terminated')${of}`;
  return askServer(access, undefined, async () => {
    const found: FailedRun<Input>[] = [];
    for await (const one of workflow.list({ query, pageSize: Math.min(most, 200) })) {
      // One that was redriven has a later run under its id.
      const latest = await workflow.getHandle(one.workflowId).describe();
      if (latest.runId !== one.runId) continue;
      const { input, failed } = await endsOf(access, kind, one);
      const failedAt = (one.closeTime ?? one.startTime).toISOString();
      found.push({ workflowId: one.workflowId, input, failedAt, failure: failed });
      if (found.length >= most) break;
    }
    return found;
  });
}

/**
 * Starts a failed workflow again with what it began with, under its id and with all its attempts.
 * @param unknown what is thrown for one that is not there or has not failed
 * @throws BatonError that, `SERVER_UNREACHABLE`
 */
export async function startAgain<Input>(
  access: Access,
  kind: OutboundKind<Input>,
  { workflowId, unknown }: { readonly workflowId: string; readonly unknown: () => BatonError },
): Promise<void> {
  const { workflow } = access.client;
  if (!workflowId.startsWith(kind.prefix)) throw unknown();
  await askServer(access, undefined, async () => {
    const description = await workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => undefined);
    if (!description || !['FAILED', 'TIMED_OUT', 'TERMINATED'].includes(description.status.name))
      throw unknown();
    const { input } = await endsOf(access, kind, description);
    if (!input) throw unknown();
    await workflow
      .start(kind.type, {
        args: [input],
        workflowId,
        taskQueue: description.taskQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowTaskTimeout: 2_000,
        typedSearchAttributes: description.typedSearchAttributes,
        staticSummary: kind.summary(input),
      })
      .catch((thrown: unknown) => {
        // Somebody else has redriven it meanwhile, and it has come to its end.
        if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
      });
  });
}

/** What a run began with, and how it ended. */
async function endsOf<Input>(
  access: Access,
  kind: OutboundKind<Input>,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<{ readonly input: Input | undefined; readonly failed: FailedBecause }> {
  const history = await access.client.workflow.getHandle(workflowId, runId).fetchHistory();
  await openPayloads(access, history);
  const events = history.events ?? [];
  const [value] = decodePayloads(events[0]?.workflowExecutionStartedEventAttributes?.input);
  const parsed = kind.parse(value);
  let cause = events.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
  while (cause?.cause) cause = cause.cause;
  const said = decodePayload(cause?.applicationFailureInfo?.details?.payloads?.[0]);
  const { code, message } = isJsonObject(said) ? said : {};
  return {
    input: parsed.ok ? parsed.value : undefined,
    failed: {
      code: typeof code === 'string' ? code : (cause?.applicationFailureInfo?.type ?? kind.lost),
      message: typeof message === 'string' ? message : (cause?.message ?? 'it was ended from outside'),
    },
  };
}
