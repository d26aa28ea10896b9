import type { LedgerRow } from '../../contract/ledger.ts';
import { isBatonError } from '../../contract/failures.ts';
import type { HistoryEvent } from '../history/history.ts';
import { rowsInHistory } from '../history/ledger-rows.ts';
import { nextRun, openPayloads } from '../history/run-chain.ts';
import type { Access } from '../reach/access.ts';
import { describeCase } from '../reach/ask-server.ts';
import { parseCaseId } from '../reach/case-id.ts';
import { failureOf } from '../reach/failure-of.ts';
import { withKeptTextsIfAny } from '../reach/private-doors.ts';

/** Where to begin, and when to stop. */
export interface FollowOptions {
  /** Sequence of the last row that is known; 0, and so from the beginning, when absent. */
  readonly after?: number;
  /** Ends the following quietly. */
  readonly signal?: AbortSignal;
}

/** The server answers a question for news after some 20 s without any. */
const PATIENCE_MS = 45_000;

/**
 * The ledger rows of a case, in order and without gaps, from where one left off and on as they come, until the case
 * has ended or the signal aborts. They are read from the history, which has a row as soon as its decision is made;
 * the server is asked once and answers when there is news. Needs no worker. Words of private teams stand in their places;
 * the hash is that of the row as it is kept, with references.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `INPUT_INVALID`, `CODEC_KEY_MISSING`
 */
export async function* followCase(
  access: Access,
  caseId: string,
  options: FollowOptions = {},
): AsyncGenerator<LedgerRow, void, undefined> {
  let told = options.after ?? 0;
  const description = await describeCase(access, parseCaseId(caseId));
  let runId: string | undefined = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
  while (runId !== undefined) {
    const place: Place = { caseId, runId };
    let last: HistoryEvent | undefined;
    for await (const events of pagesOf(access, place, options.signal)) {
      for (const row of rowsInHistory(events).rows) {
        if (row.sequence <= told) continue;
        told = row.sequence;
        yield { ...row, content: await withKeptTextsIfAny(access, caseId, row.content) };
      }
      last = events.at(-1) ?? last;
    }
    if (isAborted(options.signal)) return;
    runId = nextRun(last);
  }
}

interface Place {
  readonly caseId: string;
  readonly runId: string;
}

/** The events of one run as they come, until it ends. */
async function* pagesOf(
  access: Access,
  { caseId, runId }: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly HistoryEvent[], void, undefined> {
  const { client } = access;
  let nextPageToken: Uint8Array = new Uint8Array();
  for (let first = true; first || nextPageToken.length > 0; first = false) {
    if (isAborted(signal)) return;
    const ask = async (): ReturnType<typeof client.workflowService.getWorkflowExecutionHistory> =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId: caseId, runId },
        waitNewEvent: true,
        nextPageToken,
      });
    // A signal of its own for each question: the caller's outlives many, and would keep a listener of each.
    const stopped = new AbortController();
    const stop = (): void => {
      stopped.abort();
    };
    signal?.addEventListener('abort', stop);
    try {
      const answer = await client.withAbortSignal(stopped.signal, () =>
        client.withDeadline(Date.now() + PATIENCE_MS, ask),
      );
      const events = answer.history?.events ?? [];
      nextPageToken = answer.nextPageToken;
      await openPayloads(access, { events });
      yield events;
    } catch (thrown) {
      if (isAborted(signal)) return;
      throw isBatonError(thrown) ? thrown : failureOf(thrown, { address: access.address, caseId });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
