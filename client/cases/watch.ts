import { setTimeout as delay } from 'node:timers/promises';
import { canonicalJson } from '../../contract/canonical-json.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Access } from '../reach/access.ts';
import { describeCase } from '../reach/ask-server.ts';
import type { StatusAnswer } from './read.ts';
import { readStatus } from './read.ts';

/** How to watch a case. */
export interface WatchOptions {
  /** Ends the watch quietly. */
  readonly signal?: AbortSignal;
  /** Pause between two looks, in milliseconds; 500 when absent, 250 at least. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 500;
const SHORTEST_INTERVAL_MS = 250;

/**
 * The status of a case now, and again whenever it changes, until the case is closed or the signal aborts. Between
 * changes only the server is asked whether the history has grown; workers answer when it has.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `INPUT_INVALID`
 */
export async function* watchCase(
  access: Access,
  caseId: string,
  options: WatchOptions = {},
): AsyncGenerator<StatusAnswer, void, undefined> {
  const { signal, intervalMs = INTERVAL_MS } = options;
  if (!(intervalMs >= SHORTEST_INTERVAL_MS)) {
    const detail = `intervalMs: at least ${String(SHORTEST_INTERVAL_MS)}`;
    throw new BatonError(failure('INPUT_INVALID', detail, 'intervalMs'));
  }
  let seen = '';
  let told = '';
  while (!isAborted(signal)) {
    const description = await describeCase(access, caseId);
    const mark = `${description.runId} ${String(description.historyLength)} ${description.status.name}`;
    if (mark !== seen) {
      const status = await readStatus(access, caseId);
      // A worker that comes or goes is no change of the case.
      const text = canonicalJson({ ...status, live: true });
      if (text !== told && !isAborted(signal)) yield status;
      told = text;
      if (status.stage === 'closed' && description.status.name !== 'RUNNING') return;
      // Read before the status: what came between the two is seen on the next look.
      seen = mark;
    }
    await delay(intervalMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
