import type { DirectoryPerson } from '../contract/directory.ts';
import { getOwn } from '../contract/json.ts';
import { poolOfOwner } from '../contract/queues.ts';
import type { Review } from '../contract/review.ts';
import type { TeamManifest } from '../contract/team.ts';
import { manifestOf, type CaseState } from './state.ts';

/** What became of asking who somebody is: a member with the roles that count at an instant, or nobody. */
export type Standing =
  | { readonly kind: 'member'; readonly roles: readonly string[]; readonly onBehalfOf?: string }
  | { readonly kind: 'stranger' }
  /** The directory has not said yet who is of the pool. */
  | { readonly kind: 'unknown' };

/**
 * What somebody is to a pool. In a pool of a directory, whoever acts for another has that one's roles for as long as
 * the delegation lasts; what they may do by themselves, they do by themselves.
 * @param now workflow time in milliseconds
 * @param roles of which one is needed; any when absent
 */
export function standingOf(
  state: Pick<CaseState, 'manifest' | 'directory'>,
  who: { readonly pool: string; readonly by: string; readonly roles?: readonly string[] | undefined },
  now: number,
): Standing {
  const pool = getOwn(state.manifest?.pools ?? {}, who.pool);
  if (!pool?.staffing) {
    const member = getOwn(pool?.members ?? {}, who.by);
    return member ? { kind: 'member', roles: member.roles } : { kind: 'stranger' };
  }
  const snapshot = getOwn(state.directory ?? {}, who.pool);
  if (!snapshot) return { kind: 'unknown' };
  const person = getOwn(snapshot.people, who.by);
  if (!person) return { kind: 'stranger' };
  const own = person.deputy !== true && !isOver(person.until, now);
  if (own && suffices(person.roles, who.roles)) return { kind: 'member', roles: person.roles };
  const delegation = delegationsOf(person, now).find((one) => suffices(one.roles, who.roles));
  if (delegation) return { kind: 'member', roles: delegation.roles, onBehalfOf: delegation.person };
  return own ? { kind: 'member', roles: person.roles } : { kind: 'stranger' };
}

function delegationsOf(person: DirectoryPerson, now: number): NonNullable<DirectoryPerson['actsFor']> {
  return (person.actsFor ?? []).filter((one) => now >= Date.parse(one.from) && !isOver(one.until, now));
}

function isOver(until: string | undefined, now: number): boolean {
  return until !== undefined && now >= Date.parse(until);
}

/** Whether roles are enough where one of some is needed. */
export function suffices(roles: readonly string[], needed: readonly string[] | undefined): boolean {
  return needed === undefined || roles.some((role) => needed.includes(role));
}

/** For whom somebody decides a review, where it is not for themselves. */
export function deciderOf(
  state: Pick<CaseState, 'manifest' | 'directory'>,
  review: Review,
  by: string,
  now: number,
): string | undefined {
  const standings = [review, ...(review.widened ?? [])].map(({ pool, roles }) => ({
    standing: standingOf(state, { pool, by, roles }, now),
    roles,
  }));
  const able = standings.flatMap(({ standing, roles }) =>
    standing.kind === 'member' && suffices(standing.roles, roles) ? [standing] : [],
  );
  // What they may do by themselves, they do by themselves.
  return able.some((one) => one.onBehalfOf === undefined) ? undefined : able[0]?.onBehalfOf;
}

/** The team with the people that its directory last named in place of none. */
export function manifestNow(state: CaseState): TeamManifest {
  const manifest = manifestOf(state);
  const { directory } = state;
  if (!directory) return manifest;
  const pools = Object.entries(manifest.pools).map(([name, pool]) => [
    name,
    { ...pool, members: getOwn(directory, name)?.people ?? pool.members },
  ]);
  return { ...manifest, pools: Object.fromEntries(pools) as TeamManifest['pools'] };
}

/**
 * In whose name a person takes a case over: the pool they name, else that of the case, the one of escalations, or
 * the first they belong to.
 * @returns undefined for somebody who is of none
 */
export function takerPool(
  state: Pick<CaseState, 'manifest' | 'directory' | 'owner'>,
  { by, pool }: { readonly by: string; readonly pool?: string | undefined },
  now: number,
): string | undefined {
  const { manifest } = state;
  if (!manifest) return undefined;
  const mine = (name: string): boolean => standingOf(state, { pool: name, by }, now).kind === 'member';
  if (pool !== undefined) return mine(pool) ? pool : undefined;
  const inOrder = [
    poolOfOwner(state.owner) ?? manifest.escalation,
    manifest.escalation,
    ...Object.keys(manifest.pools),
  ];
  return inOrder.find(mine);
}
