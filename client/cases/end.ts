import type { CaseResult } from '../../contract/case.ts';
import type { Receipt } from '../../contract/message-shapes.ts';
import type { Access } from '../reach/access.ts';
import { askServer, describeCase, handleOf } from '../reach/ask-server.ts';
import { failureOf } from '../reach/failure-of.ts';
import { readableFailure, withKeptTextsIfAny } from '../reach/private-doors.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { readEnding } from './ending.ts';
import { outcomeInWords } from './outcome-in-words.ts';

/**
 * Asks a case to end and to take back what it has written (I4). Needs no worker: the request waits for one.
 * @throws BatonError `CASE_CLOSED` with its outcome, `CASE_UNKNOWN`, `SERVER_UNREACHABLE`, `INPUT_INVALID`
 */
export async function cancelCase(access: Access, caseId: string): Promise<Receipt> {
  const ending = await readEnding(access, caseId);
  if (ending) throw new BatonError(failure('CASE_CLOSED', outcomeInWords(ending.outcome)));
  await askServer(access, caseId, () => handleOf(access, caseId).cancel());
  return { accepted: true, repeated: false, detail: 'the case is asked to end; its effects are taken back' };
}

/**
 * Waits for a case to end, over all its runs.
 * @param options `signal` gives up waiting, with the signal's reason; the case goes on
 * @throws BatonError the failure of a case that failed at the door, `CASE_CLOSED` for one that was terminated,
 * `CASE_UNKNOWN`, `SERVER_UNREACHABLE`
 */
export async function resultOfCase(
  access: Access,
  caseId: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<CaseResult> {
  await describeCase(access, caseId);
  const wait = (): Promise<CaseResult> => handleOf(access, caseId).result() as Promise<CaseResult>;
  try {
    const result = options.signal ? await access.client.withAbortSignal(options.signal, wait) : await wait();
    return await withKeptTextsIfAny(access, caseId, result);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    throw await readableFailure(access, caseId, failureOf(thrown, { address: access.address, caseId }));
  }
}
