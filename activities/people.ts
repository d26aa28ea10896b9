import { isDeepStrictEqual } from 'node:util';
import type { PoolManifest, StaffingManifest } from '../contract/team.ts';
import type { Waiting } from '../contract/waiting.ts';

/** A pool of people as its author writes it. */
export interface People {
  readonly kind: 'people';
  readonly name: string;
  readonly members: Readonly<Record<string, { readonly roles: readonly string[] }>>;
  /** Roles of the pool that may see what edges mask, where the edge does not name its own. */
  readonly unmask?: readonly string[];
  /** What is done while nobody of the pool takes a case, or decides a review that says nothing else itself. */
  readonly waiting?: Waiting;
  /** How long somebody holds a case without doing anything, in milliseconds; a quarter of an hour when absent. */
  readonly leaseMs?: number;
  /**
   * How old the directory's answer may be when somebody takes a case, in milliseconds; ten seconds when absent. An
   * older one is asked for again first. Less than a second has whoever speaks without a claim asked about each time.
   */
  readonly claimFreshMs?: number;
  /** Roles of people who may take a case out of another's hands. */
  readonly supervisors?: readonly string[];
  /** What is required of the people whom the directory names for the pool, which has no members of its own. */
  readonly staffing?: StaffingManifest;
}

/** What a pool may say beside who is of it. */
type PoolOptions = Pick<People, 'unmask' | 'waiting' | 'leaseMs' | 'supervisors' | 'claimFreshMs'>;

const LEASE_MS = 900_000;
/** A moment: long enough for whoever was told to ask again, too short to leave in. */
const CLAIM_FRESH_MS = 10_000;

/** A pool of people: who may claim cases, decide reviews and mend dead letters. */
export function people(name: string, members: People['members'], options: PoolOptions = {}): People {
  return { kind: 'people', name, members, ...options };
}

/**
 * A pool whose people a directory knows: the team says what is required of them, and never who they are, so that
 * whoever leaves takes no authority along. Workers then need a directory (`BATON_PEOPLE`).
 */
export function peopleOfDirectory(
  name: string,
  staffing: StaffingManifest = {},
  options: PoolOptions = {},
): People {
  return { kind: 'people', name, members: {}, staffing, ...options };
}

/** The pools that a team names, each once, with what is wrong with them. */
export function collectPools(named: readonly People[], faults: string[]): Record<string, PoolManifest> {
  const pools: Record<string, PoolManifest> = {};
  for (const pool of new Map(named.map((one) => [one.name, one])).values()) {
    const others = named.filter((other) => other.name === pool.name);
    if (others.some((other) => !isDeepStrictEqual(other.members, pool.members)))
      faults.push(`pools.${pool.name}: two pools with different members have this name`);
    if (others.some((other) => !isDeepStrictEqual(other.unmask, pool.unmask)))
      faults.push(`pools.${pool.name}: two pools of this name let different roles unmask`);
    if (
      others.some(
        (other) =>
          !isDeepStrictEqual(other.waiting, pool.waiting) ||
          other.leaseMs !== pool.leaseMs ||
          other.claimFreshMs !== pool.claimFreshMs ||
          !isDeepStrictEqual(other.supervisors, pool.supervisors),
      )
    )
      faults.push(`pools.${pool.name}: two pools of this name wait, lend or oversee in different ways`);
    if (others.some((other) => !isDeepStrictEqual(other.staffing, pool.staffing)))
      faults.push(`pools.${pool.name}: two pools of this name ask different things of people`);
    if (Object.keys(pool.members).length === 0 && !pool.staffing)
      faults.push(`pools.${pool.name}: the pool has no members; nobody could decide or claim`);
    const members: PoolManifest['members'] = {};
    for (const [id, member] of Object.entries(pool.members)) members[id] = { roles: [...member.roles] };
    pools[pool.name] = {
      name: pool.name,
      members,
      ...(pool.unmask ? { unmask: [...pool.unmask] } : {}),
      leaseMs: pool.leaseMs ?? LEASE_MS,
      ...(pool.supervisors ? { supervisors: [...pool.supervisors] } : {}),
      ...(pool.waiting ? { waiting: pool.waiting } : {}),
      ...(pool.staffing
        ? { staffing: pool.staffing, claimFreshMs: pool.claimFreshMs ?? CLAIM_FRESH_MS }
        : {}),
    };
  }
  return pools;
}
