import { REMOTE_NEWS } from '../../contract/messages.ts';
import type { Access } from '../reach/access.ts';
import { askServer, handleOf } from '../reach/ask-server.ts';

/** Of which task there is news. */
export interface RemoteNews {
  /** Key of the task's effect. */
  readonly key: string;
}

/**
 * Has a case look at its task at an agent elsewhere now, rather than by its timer. What the news is, the case finds out
 * itself, so that this may be repeated, and made up, without harm. Needs no worker.
 * @throws BatonError `CASE_UNKNOWN`, `CASE_CLOSED`, `SERVER_UNREACHABLE`
 */
export async function wakeRemote(access: Access, caseId: string, { key }: RemoteNews): Promise<void> {
  await askServer(access, caseId, () => handleOf(access, caseId).signal(REMOTE_NEWS, { key }));
}
