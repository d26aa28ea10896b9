import { BatonError, failure } from '../../contract/failures.ts';

const ROLES = ['user', 'staff', 'service', 'admin'] as const;

/**
 * What a principal may be. A `user` has cases of their own; `staff` are the people of pools; a `service` acts for
 * users; an `admin` looks after cases and decides nothing.
 */
export type Role = (typeof ROLES)[number];

/** All roles there are. */
export function knownRoles(): readonly Role[] {
  return ROLES;
}

/** Who may do what. A `user` is let in to cases of their own only, whatever stands here. */
const MAY = {
  open: ['user', 'service'],
  speak: ['user', 'service'],
  'ask-for-human': ['user', 'service', 'staff'],
  'read-status': ['user', 'service', 'staff', 'admin'],
  'read-transcript': ['user', 'service', 'staff', 'admin'],
  'follow-case': ['user', 'service', 'staff', 'admin'],
  show: ['service', 'staff', 'admin'],
  list: ['service', 'staff', 'admin'],
  'list-reviews': ['staff', 'admin'],
  decide: ['staff'],
  'hold-case': ['staff'],
  unmask: ['staff'],
  'switch-policy': ['staff'],
  'list-dead-letters': ['staff', 'admin'],
  'mend-dead-letter': ['staff'],
  cancel: ['service', 'admin'],
  verify: ['admin'],
  'read-history': ['admin'],
  'export-person': ['admin'],
  'erase-person': ['admin'],
  reconcile: ['admin'],
  report: ['staff', 'admin'],
  'list-policies': ['staff', 'admin'],
  'read-budget': ['staff', 'admin'],
  'set-budget': ['admin'],
  'list-rates': ['staff', 'admin'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** Something that can be asked of the service. */
export type Action = keyof typeof MAY;

/** The roles that may do something. */
export function rolesFor(action: Action): readonly Role[] {
  return MAY[action];
}

/** All actions there are. */
export function knownActions(): readonly Action[] {
  return Object.keys(MAY) as Action[];
}

/** @throws BatonError `PRINCIPAL_FORBIDDEN` naming the roles that may */
export function requireRole(principal: { readonly roles: readonly Role[] }, action: Action): void {
  const may: readonly Role[] = MAY[action];
  if (principal.roles.some((role) => may.includes(role))) return;
  throw new BatonError(failure('PRINCIPAL_FORBIDDEN', `${action} is for ${may.join(', ')}`));
}

/**
 * Whether a principal does something as the user of a case, and so for cases of their own only: no other role of
 * theirs allows it.
 */
export function actsAsUser(principal: { readonly roles: readonly Role[] }, action: Action): boolean {
  const may: readonly Role[] = MAY[action];
  return !principal.roles.some((role) => role !== 'user' && may.includes(role));
}
