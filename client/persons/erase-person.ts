import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { resultOfCase } from '../cases/end.ts';
import { tenantOfCase } from '../../contract/tenant.ts';
import type { Access } from '../reach/access.ts';
import { casesOfPerson, contextOf, type CaseOfPerson, type OfTenant } from './cases-of-person.ts';

/** How to erase. */
export interface EraseOptions extends OfTenant {
  /** Waits for open cases to end, instead of refusing. */
  readonly wait?: boolean;
  /** Gives up waiting; nothing is erased then. */
  readonly signal?: AbortSignal;
}

/** What was erased. */
export interface Erasure {
  readonly person: string;
  /** Cases whose context and payloads nobody can read any more. */
  readonly cases: readonly Pick<CaseOfPerson, 'caseId' | 'trace'>[];
}

/**
 * Destroys a person's key, and with it all context of their cases and, where payloads have keys of cases, all that
 * Temporal has of them, backups included (M11). References, versions, digests and the ledger stay, and the ledger still
 * verifies. Open no case for the person meanwhile.
 * @param person `user.id` of their cases
 * @throws BatonError `PERSON_HAS_OPEN_CASES` naming them, unless it waits; `CONFIGURATION_INVALID` without a context
 * store; `INPUT_INVALID`, `SERVER_UNREACHABLE`, `STORE_UNAVAILABLE`
 */
export async function erasePerson(
  access: Access,
  person: string,
  options: EraseOptions = {},
): Promise<Erasure> {
  for (;;) {
    const cases = await casesOfPerson(access, person);
    requireOwnCases(cases, options.tenant);
    const open = cases.filter((one) => one.open);
    if (open.length === 0) {
      await contextOf(access).erasePerson(person);
      // The same key of the person wraps the keys of payloads: this forgets what is at hand of them here.
      await access.caseKeys?.erase(person);
      return { person, cases: cases.map(({ caseId, trace }) => ({ caseId, trace })) };
    }
    if (options.wait !== true) {
      const names = open.map(({ caseId }) => caseId).join(', ');
      throw new BatonError(failure('PERSON_HAS_OPEN_CASES', names, 'person'));
    }
    for (const { caseId } of open) await ended(access, caseId, options.signal);
  }
}

/** A person has one key, for all tenants: one of them cannot destroy what others keep. */
function requireOwnCases(cases: readonly CaseOfPerson[], tenant: string | undefined): void {
  if (tenant === undefined || cases.every(({ caseId }) => tenantOfCase(caseId) === tenant)) return;
  const detail = 'the person is known to others as well; whoever runs Baton erases them with `baton erase`';
  throw new BatonError(failure('PRINCIPAL_FORBIDDEN', detail, 'person'));
}

/** Waits until a case has ended, however that went. */
async function ended(access: Access, caseId: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await resultOfCase(access, caseId, signal ? { signal } : {});
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!isBatonError(thrown) || thrown.code === 'SERVER_UNREACHABLE') throw thrown;
  }
}
