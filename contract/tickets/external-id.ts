import { isTenantName, tenantOfCase } from '../tenant.ts';

const PREFIX = 'baton:';

/**
 * What a ticket says of the case it is for: tenant and whole id of the case. It tells tickets of Baton from others, and
 * finds the ticket of a case.
 */
export function externalIdOf(caseId: string): string {
  return `${PREFIX}${tenantOfCase(caseId)}:${caseId}`;
}

/** The case that a ticket is for, or undefined for a ticket that is none of Baton's. Anybody can have written it. */
export function caseOfExternalId(externalId: string | null | undefined): string | undefined {
  if (!externalId?.startsWith(PREFIX)) return undefined;
  const [tenant = '', ...rest] = externalId.slice(PREFIX.length).split(':');
  const caseId = rest.join(':');
  if (caseId === '' || !isTenantName(tenant)) return undefined;
  return externalIdOf(caseId) === externalId ? caseId : undefined;
}
