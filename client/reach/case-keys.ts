import { caseErased } from '../../contract/context.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import type { Access } from './access.ts';
import { describeCase } from './ask-server.ts';

/**
 * Gives a case that is about to be opened the key of its own, so that its very first payload can be erased (M11). A
 * case that is there already keeps what it has: its key, or that of the ring.
 * @throws BatonError `CASE_EXISTS` when the id is another person's case, `PERSON_ERASED` when that was erased
 */
export async function giveKey(access: Access, caseId: string, person: string | undefined): Promise<void> {
  const { caseKeys } = access;
  if (!caseKeys) return;
  let state = await caseKeys.stateOf(caseId, person);
  if (state === 'none' && person !== undefined && !(await isThere(access, caseId)))
    state = await caseKeys.register(caseId, person);
  switch (state) {
    case 'none':
    case 'theirs':
      return;
    case 'others': {
      const detail = `${JSON.stringify(caseId)}, opened for another person`;
      throw new BatonError(failure('CASE_EXISTS', detail, 'caseId'));
    }
    case 'erased':
      throw new BatonError(caseErased(caseId));
  }
}

/** Whether the person of a case was erased. Unknown, and so no, to a client without the keys of cases. */
export async function isErasedCase(access: Access, caseId: string): Promise<boolean> {
  return (await access.caseKeys?.stateOf(caseId)) === 'erased';
}

async function isThere(access: Access, caseId: string): Promise<boolean> {
  try {
    await describeCase(access, caseId);
    return true;
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'CASE_UNKNOWN') return false;
    throw thrown;
  }
}
