import { z } from 'zod';
import { DEFAULT_TENANT, isTenantName } from '../../contract/tenant.ts';
import { idSchema, nameSchema } from '../../contract/words.ts';
import { knownRoles, type Role } from './permissions.ts';
import { tokenDigestSchema } from './token-holders.ts';
import { readConfiguration } from '../../security/configuration-file.ts';

const role = z.enum(knownRoles() as readonly [Role, ...Role[]]);
const tenant = z.string().refine(isTenantName, 'lower-case letters, digits and hyphens, such as acme');
/** Pools whose inboxes a person may see; all when absent. What they may decide is the team's own affair. */
const pools = z.array(nameSchema()).max(1_000).optional();

const ServiceAccess = z
  .strictObject({
    version: z.literal('1.0.0'),
    keys: z
      .array(
        z.strictObject({
          /** Who acts, as ledger rows and pools of a team have it. */
          name: idSchema(),
          roles: z.array(role).min(1),
          tenant: tenant.default(DEFAULT_TENANT),
          pools,
          /** SHA-256 of the key in hexadecimal. */
          keySha256: tokenDigestSchema(),
        }),
      )
      .max(10_000)
      .default([]),
    /** Identity providers whose tokens count. */
    tokens: z
      .array(
        z.strictObject({
          issuer: z.url(),
          audience: z.string().min(1),
          jwksUri: z.url(),
          /** Claim with the name of who acts. */
          nameClaim: z.string().min(1).default('sub'),
          /** Claim with a list of roles, or words separated by spaces; others than those below do not count. */
          rolesClaim: z.string().min(1).default('roles'),
          /** The roles that this provider may give. */
          roles: z.array(role).min(1),
          /** Claim with the tenant; without it, all are of `tenant`. */
          tenantClaim: z.string().min(1).optional(),
          /** The only tenants that this provider speaks for. */
          tenants: z.array(tenant).min(1),
        }),
      )
      .max(100)
      .default([]),
    /** Requests of one principal, or of one address that has not authenticated, in a minute. */
    requestsPerMinute: z.int().min(1).max(1_000_000).default(600),
    /** Streams that one principal may have open. */
    streamsAtOnce: z.int().min(1).max(10_000).default(20),
  })
  .superRefine((access, context) => {
    if (access.keys.length === 0 && access.tokens.length === 0)
      context.addIssue({
        code: 'custom',
        path: ['keys'],
        message: 'name keys or tokens: nobody could get in',
      });
    const seen = new Set(access.keys.map((one) => one.keySha256));
    if (seen.size < access.keys.length)
      context.addIssue({ code: 'custom', path: ['keys'], message: 'one key for two principals' });
    for (const [index, one] of access.tokens.entries())
      if (one.tenantClaim === undefined && one.tenants.length > 1)
        context.addIssue({
          code: 'custom',
          path: ['tokens', index, 'tenants'],
          message: 'several need a tenantClaim',
        });
  });

/** Who may use the HTTP service, as which principal. */
export type ServiceAccess = z.output<typeof ServiceAccess>;

/**
 * Reads who may use the HTTP service: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID`; also where nobody at all could get in
 */
export function parseServiceAccess(value: string): ServiceAccess {
  return readConfiguration(ServiceAccess, value, {
    what: 'service access',
    variable: 'BATON_SERVICE_ACCESS',
  });
}
