import type { ContextCase } from '../../contract/context.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { doorTrace } from '../../contract/kept-text.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { idSchema } from '../../contract/words.ts';
import type { Access } from '../reach/access.ts';
import { describeCase } from '../reach/ask-server.ts';

/** A case of a person, and whether it is still going on. */
export interface CaseOfPerson {
  readonly caseId: string;
  readonly trace: string;
  readonly open: boolean;
}

/** The context store of a client. @throws BatonError `CONFIGURATION_INVALID` when it was made without one */
export function contextOf(access: Access): ContextStore {
  if (access.context) return access.context;
  const detail = 'this client was made without a context store; give it one, or set BATON_CONTEXT_URL';
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'context'));
}

/** A person's id, as cases have it in `user.id`. @throws BatonError `INPUT_INVALID` */
export function parsePerson(person: string): string {
  if (idSchema().safeParse(person).success) return person;
  throw new BatonError(
    failure('INPUT_INVALID', 'a person is named by the `user.id` of their cases', 'person'),
  );
}

/**
 * The cases of a person. The index is the context store's own, under a keyed digest: search attributes hold nothing
 * personal, because no codec sees them.
 */
export async function casesOfPerson(access: Access, person: string): Promise<readonly CaseOfPerson[]> {
  const kept = await contextOf(access).casesOf(parsePerson(person));
  const withKey = (await access.caseKeys?.casesOf(person)) ?? [];
  const others = withKey.filter((caseId) => !kept.some((one) => one.caseId === caseId));
  const found = await Promise.all([
    ...kept.map(async ({ caseId, trace }) => ({
      caseId,
      trace,
      open: await isOpen(access, { caseId, trace }),
    })),
    ...others.map((caseId) => caseWithoutContext(access, caseId)),
  ]);
  return found.filter((one) => one !== undefined);
}

/** A case that has payloads and no context; undefined when the server has forgotten it, and with it the payloads. */
async function caseWithoutContext(access: Access, caseId: string): Promise<CaseOfPerson | undefined> {
  try {
    const { status, runId, raw } = await describeCase(access, caseId);
    const trace = raw.workflowExecutionInfo?.firstRunId || runId;
    return { caseId, trace, open: status.name === 'RUNNING' };
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'CASE_UNKNOWN') return undefined;
    throw thrown;
  }
}

/** Whether a case is going on. One that the server has forgotten ended long ago, and its id may be used again. */
export async function isOpen(
  access: Access,
  { caseId, trace }: Pick<ContextCase, 'caseId' | 'trace'>,
): Promise<boolean> {
  try {
    const { status, raw } = await describeCase(access, caseId);
    const first = raw.workflowExecutionInfo?.firstRunId;
    return status.name === 'RUNNING' && (!first || first === trace || trace === doorTrace(caseId));
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'CASE_UNKNOWN') return false;
    throw thrown;
  }
}

/** On whose behalf a person is asked about. */
export interface OfTenant {
  /** Only cases of this tenant; of all when absent. */
  readonly tenant?: string;
}
