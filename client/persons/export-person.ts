import type { ContextReference } from '../../contract/context.ts';
import type { Message } from '../../contract/conversation.ts';
import type { JsonValue } from '../../contract/json.ts';
import { KEPT_SECRET } from '../../contract/kept-text.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { tenantOfCase } from '../../contract/tenant.ts';
import { readAllRows } from '../ledger/read-all-rows.ts';
import type { Access } from '../reach/access.ts';
import { casesOfPerson, contextOf, type CaseOfPerson, type OfTenant } from './cases-of-person.ts';

/** Everything kept of one case. */
export interface ExportedCase extends CaseOfPerson {
  readonly values: readonly { readonly reference: ContextReference; readonly value: JsonValue }[];
  readonly conversation: readonly Message[];
  /** Rows of the ledger; absent when the client has none. */
  readonly ledger?: readonly LedgerRow[];
}

/** Everything kept of a person. Cases that were erased before are not in it. */
export interface PersonExport {
  readonly version: '1.0.0';
  readonly person: string;
  readonly exportedAt: string;
  readonly cases: readonly ExportedCase[];
}

/**
 * Reads everything kept of a person's cases, for the person (M11). Needs no worker.
 * @param person `user.id` of their cases
 * @throws BatonError `CONFIGURATION_INVALID` without a context store, `INPUT_INVALID`, `CONTEXT_CHANGED`,
 * `SERVER_UNREACHABLE`, `STORE_UNAVAILABLE`
 */
export async function exportPerson(
  access: Access,
  person: string,
  { tenant }: OfTenant = {},
): Promise<PersonExport> {
  const cases: ExportedCase[] = [];
  // One after the other: a person may have many, and a worker's stores are in use.
  for (const one of await casesOfPerson(access, person))
    if (tenant === undefined || tenantOfCase(one.caseId) === tenant)
      cases.push(await exportCase(access, one));
  return { version: '1.0.0', person, exportedAt: new Date().toISOString(), cases };
}

async function exportCase(access: Access, one: CaseOfPerson): Promise<ExportedCase> {
  const { trace } = one;
  const context = contextOf(access);
  const { references: all, lastMessage } = await context.inventory(trace);
  // The secret by which words are kept says nothing of anybody.
  const references = all.filter(({ key }) => key !== KEPT_SECRET);
  const { values, messages } = await context.read({
    trace,
    values: references.map((reference) => ({ reference })),
    ...(lastMessage === 0 ? {} : { messages: { through: lastMessage } }),
  });
  return {
    ...one,
    values: references.map((reference, index) => ({ reference, value: values[index] ?? null })),
    conversation: messages,
    ...(access.ledger ? { ledger: await readAllRows(access.ledger, trace) } : {}),
  };
}
