import { BatonError, failure } from '../../contract/failures.ts';
import { openHistoryPayloads } from '../../security/decode-history.ts';
import type { Access } from '../reach/access.ts';
import { askServer, describeCase } from '../reach/ask-server.ts';
import type { History, HistoryEvent } from './history.ts';

/** One run of a case. A case that continues as new has several, with one trace. */
export interface Run {
  readonly runId: string;
  readonly history: History;
}

/** All runs of a case, first to last. */
export interface RunChain {
  readonly caseId: string;
  /** Run id of the first run, which is the trace id of the case. */
  readonly trace: string;
  readonly runs: readonly Run[];
  /** Whether payloads of it were erased with their person: it can be neither read nor replayed (M11). */
  readonly erased: boolean;
  /** Whether the last run has ended. */
  readonly closed: boolean;
}

/**
 * Reads the histories of all runs of a case; needs no worker.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `CODEC_KEY_MISSING`
 */
export async function readRunChain(access: Access, caseId: string): Promise<RunChain> {
  const description = await describeCase(access, caseId);
  const trace = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
  const runs: Run[] = [];
  let erased = false;
  let runId: string | undefined = trace;
  while (runId !== undefined) {
    const current: string = runId;
    const history = await askServer(access, caseId, async () => {
      const fetched = await access.client.workflow.getHandle(caseId, current).fetchHistory();
      if (await openPayloads(access, fetched)) erased = true;
      return fetched;
    });
    runs.push({ runId: current, history });
    runId = nextRun(history.events?.at(-1));
  }
  return { caseId, trace, runs, erased, closed: isEnd(runs.at(-1)?.history.events?.at(-1)) };
}

/** The SDK hands a history over as it is stored: whoever reads it wants it in clear. @returns whether some was erased */
export async function openPayloads({ client }: Access, history: Pick<History, 'events'>): Promise<boolean> {
  const codecs = client.options.loadedDataConverter.payloadCodecs;
  const { encrypted, erased } = await openHistoryPayloads(history, codecs[0]);
  if (encrypted === 0 || codecs.length > 0) return erased > 0;
  const detail = 'the history is encrypted, and this client was made without a codec';
  throw new BatonError(failure('CODEC_KEY_MISSING', detail, 'BATON_CODEC_KEYS'));
}

/** The run that a case continued as, by the last event of the one before. */
export function nextRun(last: HistoryEvent | undefined): string | undefined {
  return last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId || undefined;
}

function isEnd(last: HistoryEvent | undefined): boolean {
  return Boolean(
    last?.workflowExecutionCompletedEventAttributes ??
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionCanceledEventAttributes ??
    last?.workflowExecutionTerminatedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes,
  );
}
