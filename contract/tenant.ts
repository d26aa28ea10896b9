/** The tenant of cases whose id names none, those of earlier releases among them. */
export const DEFAULT_TENANT = 'default';

const TENANT = /^[a-z][a-z0-9-]{0,63}$/;
const OF_TENANT = /^([a-z][a-z0-9-]{0,63})~/;

/** Whether a word can be the name of a tenant: it becomes part of ids and a search attribute. */
export function isTenantName(word: string): boolean {
  return TENANT.test(word);
}

/** The tenant that a case belongs to: `acme` for `acme~order-7`, and `default` for an id without such a prefix. */
export function tenantOfCase(caseId: string): string {
  const [, tenant] = OF_TENANT.exec(caseId) ?? [];
  return tenant ?? DEFAULT_TENANT;
}

/**
 * The whole id of a tenant's case, from the whole id or from the part after the tenant.
 * @returns undefined for an id that names another tenant
 */
export function caseIdWithin(tenant: string, id: string): string | undefined {
  if (OF_TENANT.test(id)) return tenantOfCase(id) === tenant ? id : undefined;
  return tenant === DEFAULT_TENANT ? id : `${tenant}~${id}`;
}
