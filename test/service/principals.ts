import { createHash } from 'node:crypto';
import { parseServiceAccess, type ServiceAccess } from '../../service/access/service-access.ts';

/** Principals of the tests: two tenants, every role, and people of two pools. */
const PRINCIPALS = {
  shop: { name: 'shop', roles: ['service'] },
  ann: { name: 'ann', roles: ['staff'] },
  bob: { name: 'bob', roles: ['staff'] },
  stranger: { name: 'stranger', roles: ['staff'] },
  narrow: { name: 'narrow', roles: ['staff'], pools: ['legal'] },
  root: { name: 'root', roles: ['admin'] },
  uma: { name: 'uma', roles: ['user'] },
  vic: { name: 'vic', roles: ['user'] },
  'acme-shop': { name: 'shop', roles: ['service'], tenant: 'acme' },
  'acme-ann': { name: 'ann', roles: ['staff'], tenant: 'acme' },
  'acme-root': { name: 'root', roles: ['admin'], tenant: 'acme' },
} as const;

/** One of the principals of the tests. */
export type PrincipalName = keyof typeof PRINCIPALS;

/** All of them. */
export const principalNames = Object.keys(PRINCIPALS) as PrincipalName[];

/** The key of a principal. */
export function keyOf(name: PrincipalName): string {
  return `key-of-${name}`;
}

/** An access file that lets all of them in. */
export function accessForAll(more: object = {}): ServiceAccess {
  const keys = Object.entries(PRINCIPALS).map(([id, principal]) => ({
    ...principal,
    keySha256: createHash('sha256')
      .update(keyOf(id as PrincipalName))
      .digest('hex'),
  }));
  return parseServiceAccess(JSON.stringify({ version: '1.0.0', keys, requestsPerMinute: 100_000, ...more }));
}
