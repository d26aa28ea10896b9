import type { JWTPayload } from 'jose';
import { idSchema } from '../../contract/words.ts';
import { tokenChecker } from './identity-provider.ts';
import { knownRoles, type Role } from './permissions.ts';
import { holderOfToken } from './token-holders.ts';
import type { ServiceAccess } from './service-access.ts';

/** Who asks, once it is known. Nothing in a request's body can change it. */
export interface Principal {
  /** As pools of a team and ledger rows have it. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly tenant: string;
  /** Pools whose inboxes they may see; all when absent. */
  readonly pools?: readonly string[];
  readonly by: 'key' | 'token';
}

/**
 * Tells who asks by the `Authorization` header.
 * @returns a function that gives the principal, and undefined for nobody we know
 */
export function createAuthenticator(
  access: ServiceAccess,
): (authorization: string | undefined) => Promise<Principal | undefined> {
  const providers = access.tokens.map((one) => ({ ...one, check: tokenChecker(one) }));
  return async (authorization) => {
    const [, secret] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    if (secret === undefined) return undefined;
    const holder = holderOfToken(access.keys, (one) => one.keySha256, secret);
    if (holder) {
      const { name, roles, tenant, pools } = holder;
      return { name, roles, tenant, ...(pools ? { pools } : {}), by: 'key' };
    }
    // Three parts with dots: anything else is no token, and no provider is asked.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(secret)) return undefined;
    for (const provider of providers) {
      const claims = await provider.check(secret);
      if (claims) return principalOf(claims, provider);
    }
    return undefined;
  };
}

function principalOf(claims: JWTPayload, provider: ServiceAccess['tokens'][number]): Principal | undefined {
  const name = idSchema().safeParse(claims[provider.nameClaim]);
  const roles = rolesOf(claims[provider.rolesClaim]).filter((role) => provider.roles.includes(role));
  const tenant = provider.tenantClaim === undefined ? provider.tenants[0] : claims[provider.tenantClaim];
  if (!name.success || roles.length === 0) return undefined;
  if (typeof tenant !== 'string' || !provider.tenants.includes(tenant)) return undefined;
  return { name: name.data, roles, tenant, by: 'token' };
}

function rolesOf(claim: unknown): readonly Role[] {
  const words: readonly unknown[] =
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return knownRoles().filter((role) => words.includes(role));
}
