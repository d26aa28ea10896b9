import type { CaseStatus, CaseView } from '../../contract/case.ts';
import type { Message } from '../../contract/conversation.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { QUERIES } from '../../contract/messages.ts';
import { CASE_WORKFLOW } from '../../contract/queues.ts';
import { rowsInHistory } from '../history/ledger-rows.ts';
import { readRunChain } from '../history/run-chain.ts';
import type { Access } from '../reach/access.ts';
import { describeCase } from '../reach/ask-server.ts';
import { isErasedCase } from '../reach/case-keys.ts';
import { askWorker } from '../reach/ask-worker.ts';
import { withKeptTexts, withKeptTextsIfAny } from '../reach/private-doors.ts';
import { readEnding } from './ending.ts';
import { readFeedback } from './kept-feedback.ts';
import { offlineStatus } from './offline-status.ts';

/** The short answer to "where is it?", and whether the case itself gave it. */
export interface StatusAnswer extends CaseStatus {
  /** False when no worker answered: told from search attributes, history and result instead. */
  readonly live: boolean;
  /** The person of the case was erased: path, effects and outcome cannot be read any more (M11). */
  readonly history?: 'erased';
}

/** A status needs no worker, so it does not wait long for one. */
const STATUS_PATIENCE_MS = 2_000;

/**
 * Where a case stands. Asks its worker, and without one reads the server.
 * @throws BatonError `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `INPUT_INVALID`
 */
export async function readStatus(access: Access, caseId: string): Promise<StatusAnswer> {
  const description = await describeCase(access, caseId);
  if (description.type !== CASE_WORKFLOW) {
    throw new BatonError(failure('CASE_UNKNOWN', `${JSON.stringify(caseId)} is another workflow`, 'caseId'));
  }
  const { name } = description.status;
  const erased = await isErasedCase(access, caseId);
  if (!erased && (name === 'RUNNING' || name === 'COMPLETED')) {
    try {
      const patience = Math.min(STATUS_PATIENCE_MS, access.answerMs);
      const status = await askWorker(access, caseId, (handle) => handle.query(QUERIES.status), patience);
      return { ...(await withKeptTextsIfAny(access, caseId, status)), live: true };
    } catch (thrown) {
      if (!isBatonError(thrown) || (thrown.code !== 'NO_WORKER' && thrown.code !== 'CASE_CLOSED'))
        throw thrown;
    }
  }
  const chain = await readRunChain(access, caseId);
  const { rows } = rowsInHistory(chain.runs.flatMap((run) => run.history.events ?? []));
  const ending = await readEnding(access, caseId);
  const told = offlineStatus({ caseId, trace: chain.trace, description, rows, ending });
  const status = await withKeptTextsIfAny(access, caseId, told);
  if (!chain.erased) return { ...status, live: false };
  // How it ended went with the person; the stage says that it did.
  const { outcome, ...known } = status;
  const ended = outcome === undefined || outcome.kind === 'failed' ? {} : { outcome };
  return { ...known, ...ended, live: false, history: 'erased' };
}

/**
 * Everything a person needs to go on with a case.
 * @throws BatonError `CASE_UNKNOWN`, `NO_WORKER`, `SERVER_UNREACHABLE`, `INPUT_INVALID`, `PERSON_ERASED`
 */
export async function readView(access: Access, caseId: string): Promise<CaseView> {
  const view = await askWorker(access, caseId, (handle) => handle.query(QUERIES.show));
  const told = await withKeptTexts(access, caseId, view);
  const feedback = view.stage === 'closed' ? await readFeedback(access, view.trace) : undefined;
  return feedback ? { ...told, feedback } : told;
}

/** The conversation so far, oldest first. Failures as {@link readView}. */
export async function readTranscript(access: Access, caseId: string): Promise<readonly Message[]> {
  const messages = await askWorker(access, caseId, (handle) => handle.query(QUERIES.transcript));
  return withKeptTexts(access, caseId, messages);
}
