import { QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import { caseErased } from '../../contract/context.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { LOOK_AHEAD } from '../../contract/look-ahead.ts';
import { readEnding } from '../cases/ending.ts';
import { outcomeInWords } from '../cases/outcome-in-words.ts';
import type { Access } from './access.ts';
import { askAgain } from './ask-again.ts';
import { isErasedCase } from './case-keys.ts';
import { describeCase, handleOf } from './ask-server.ts';
import { failureOf, isTaskFailing } from './failure-of.ts';

/**
 * Asks the worker of a case something. Silence is told apart: a server that is gone, a case that is not there, one
 * that is closed (with its outcome), and at last a worker that does not answer. While the case's workflow task fails,
 * the question is put again until the worker's time is over.
 * @param question is put as often as it takes: an update carries an id of its own
 * @param answerMs how long the worker has; the client's own limit when absent
 * @throws BatonError, `PERSON_ERASED` of a case whose person was erased
 */
export async function askWorker<Answer>(
  access: Access,
  caseId: string,
  question: (handle: WorkflowHandle) => Promise<Answer>,
  answerMs: number = access.answerMs,
): Promise<Answer> {
  const handle = handleOf(access, caseId);
  const asked = { address: access.address, caseId, ofWorker: true };
  // Its worker could not replay it, and would answer with a riddle.
  if (await isErasedCase(access, caseId)) throw new BatonError(caseErased(caseId));
  const end = Date.now() + answerMs;
  const ask = async (): Promise<Answer> => {
    try {
      return await access.client.withDeadline(end, () => question(handle));
    } catch (thrown) {
      // A case that was ended from outside takes no further workflow task.
      if (isLookAhead(thrown) && (await describeCase(access, caseId)).status.name !== 'RUNNING')
        throw failureOf(thrown, asked);
      throw thrown;
    }
  };
  let refusal: unknown;
  // A worker replays the whole case for a question that it then refuses: asked without a pause, it would have no time
  // left for the task that the question has to wait for.
  const isPassing = (thrown: unknown): boolean => {
    const failing = isTaskFailing(thrown);
    if (failing) refusal = thrown;
    return failing || isLookAhead(thrown);
  };
  try {
    return await askAgain(answerMs, ask, isPassing);
  } catch (thrown) {
    const last = failureOf(thrown, asked);
    // The time may be over while the question is put once more: the refusal before says more than silence.
    const failed = last.code === 'NO_WORKER' ? failureOf(refusal ?? thrown, asked) : last;
    if (failed.code === 'NO_WORKER') {
      // The silence may be the server's, or the case may have gone meanwhile: this throws what it is.
      const description = await describeCase(access, caseId);
      if (description.status.name !== 'RUNNING' && description.status.name !== 'COMPLETED') {
        throw await closedError(access, caseId, failed);
      }
    }
    if (failed.code === 'CASE_CLOSED') throw await closedError(access, caseId, failed);
    throw failed;
  }
}

/** The SDK's client knows a query's failure by its message alone, and calls each one by this name. */
function isLookAhead(thrown: unknown): boolean {
  return thrown instanceof QueryNotRegisteredError && thrown.message.includes(LOOK_AHEAD.message);
}

/** `CASE_CLOSED` that tells how the case ended. */
async function closedError(access: Access, caseId: string, cause: Error): Promise<BatonError> {
  const ending = await readEnding(access, caseId).catch(() => undefined);
  if (!ending) return cause instanceof BatonError ? cause : new BatonError(failure('CASE_CLOSED'), { cause });
  return new BatonError(failure('CASE_CLOSED', outcomeInWords(ending.outcome)), { cause });
}
