import fc from 'fast-check';
import type { Approval, EdgeManifest, TeamManifest, ToolManifest } from '../../../contract/team.ts';
import { parseTeamManifest } from '../../../contract/team.ts';
import { poolQueue } from '../../../contract/queues.ts';

/** Agents of made-up teams; one has a name that every JavaScript object knows. */
export const AGENTS = ['ann', 'bob', 'constructor', 'cid'] as const;
export const POOLS = ['desk', 'law'] as const;
export const MEMBERS: Readonly<Record<string, readonly string[]>> = { desk: ['pam', 'pete'], law: ['lou'] };
/** Facts that agents know and accept. */
export const FACTS = ['order', 'amount', 'email', 'secret', 'toString'] as const;

const retry = { attempts: 3, initialMs: 100, backoff: 2, maximumMs: 1_000 };

/** A plan of two agents and one pool with nothing special about it, to be changed where a test needs more. */
export function plainPlan(changes: Partial<Plan> = {}): Plan {
  return {
    agents: 2,
    accepts: [[0, 1, 2], [0, 1], [], []],
    requires: [false, false, false, false],
    pools: 1,
    edges: [{ from: 0, to: 1, approval: 'none', noReturn: false, fallback: [] }],
    upwards: [],
    limits: { hops: 4, fallbacks: 1, repairs: 1, corrections: 1, turns: 8, offerMs: 1_000 },
    ...changes,
  };
}

/** A plain plan whose handoff from ann to bob one of the desk must approve. */
export function approvedPlan(): Plan {
  return plainPlan({ edges: [{ from: 0, to: 1, approval: 'always', noReturn: false, fallback: [] }] });
}

/** A team, small enough to be shrunk to the part that matters. */
export interface Plan {
  readonly agents: number;
  readonly accepts: readonly (readonly number[])[];
  readonly requires: readonly boolean[];
  readonly pools: number;
  readonly edges: readonly {
    readonly from: number;
    readonly to: number;
    readonly approval: 'none' | 'always' | 'amount' | 'two';
    readonly noReturn: boolean;
    readonly fallback: readonly number[];
  }[];
  readonly upwards: readonly { readonly from: number; readonly pool: number; readonly approval: boolean }[];
  readonly limits: TeamManifest['limits'];
}

const small = (maximum: number): fc.Arbitrary<number> => fc.nat({ max: maximum });

const plan: fc.Arbitrary<Plan> = fc.record({
  agents: fc.integer({ min: 1, max: 4 }),
  accepts: fc.array(fc.uniqueArray(small(FACTS.length - 1), { maxLength: 4 }), {
    minLength: 4,
    maxLength: 4,
  }),
  requires: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  pools: fc.integer({ min: 1, max: 2 }),
  edges: fc.array(
    fc.record({
      from: small(3),
      to: small(3),
      approval: fc.constantFrom(
        'none' as const,
        'none' as const,
        'always' as const,
        'amount' as const,
        'two' as const,
      ),
      noReturn: fc.boolean(),
      fallback: fc.uniqueArray(small(3), { maxLength: 2 }),
    }),
    { minLength: 2, maxLength: 12, size: 'max' },
  ),
  upwards: fc.array(fc.record({ from: small(3), pool: small(1), approval: fc.boolean() }), { maxLength: 3 }),
  limits: fc.record({
    hops: fc.integer({ min: 1, max: 4 }),
    fallbacks: fc.integer({ min: 0, max: 2 }),
    repairs: fc.integer({ min: 0, max: 2 }),
    corrections: fc.integer({ min: 0, max: 2 }),
    turns: fc.integer({ min: 2, max: 8 }),
    offerMs: fc.constantFrom(1_000, 10_000),
  }),
});

/** Random teams: agents, edges with approvals, no-return and fallbacks, pools, limits. */
export const teams: fc.Arbitrary<TeamManifest> = plan.map(teamOf);

/** The team of a plan. */
export function teamOf(made: Plan): TeamManifest {
  const names = AGENTS.slice(0, made.agents);
  const pools = POOLS.slice(0, made.pools);
  const name = (index: number): string => names[index % names.length] ?? names[0] ?? 'ann';
  const pool = (index: number): string => pools[index % pools.length] ?? 'desk';
  const pairs = new Set<string>();
  const isNew = (from: string, to: string): boolean => {
    const pair = `${from} ${to}`;
    if (from === to || pairs.has(pair)) return false;
    pairs.add(pair);
    return true;
  };
  const edges: EdgeManifest[] = [];
  for (const edge of made.edges) {
    const [from, to] = [name(edge.from), name(edge.to)];
    if (!isNew(from, to)) continue;
    edges.push({
      from,
      to,
      verb: 'transfer',
      ...(edge.approval === 'none' ? {} : { approval: approvalOf(pool(edge.to), edge.approval) }),
      noReturn: edge.noReturn,
      offerMs: made.limits.offerMs,
      fallback: edge.fallback.map(name).filter((standIn) => standIn !== from && standIn !== to),
    });
  }
  for (const up of made.upwards) {
    const [from, to] = [name(up.from), pool(up.pool)];
    if (!isNew(from, to)) continue;
    edges.push({
      from,
      to,
      verb: 'escalate',
      ...(up.approval ? { approval: approvalOf(to, 'always') } : {}),
      noReturn: false,
      offerMs: made.limits.offerMs,
      fallback: [],
    });
  }
  // A fallback needs an edge of its own, as `defineTeam` demands.
  const hasEdge = (from: string, to: string): boolean =>
    edges.some((one) => one.from === from && one.to === to && one.verb === 'transfer');
  const parsed = parseTeamManifest({
    version: '1.0.0',
    name: 'made-up',
    start: names[0],
    agents: Object.fromEntries(
      names.map((one, index) => [
        one,
        agentOf(
          one,
          pool(index),
          (made.accepts[index] ?? []).map((fact) => FACTS[fact] ?? 'order'),
          made.requires[index] ?? false,
        ),
      ]),
    ),
    pools: Object.fromEntries(
      pools.map((one) => [
        one,
        {
          name: one,
          members: Object.fromEntries((MEMBERS[one] ?? []).map((id) => [id, { roles: ['desk'] }])),
        },
      ]),
    ),
    escalation: pools[0],
    edges: edges.map((one) => ({
      ...one,
      fallback: one.fallback.filter((standIn) => hasEdge(one.from, standIn)),
    })),
    limits: made.limits,
  });
  if (!parsed.ok) throw new Error(`the model makes teams that are none: ${parsed.failure.message}`);
  return parsed.value;
}

function approvalOf(pool: string, when: 'always' | 'amount' | 'two'): Approval {
  return {
    pool,
    ...(when === 'amount' ? { when: { kind: 'above' as const, field: 'amount', value: 50 } } : {}),
    expiresMs: 5_000,
    question: 'Shall it?',
    ...(when === 'two' ? { approvers: 2 } : {}),
  };
}

function agentOf(
  name: string,
  pool: string,
  accepts: readonly string[],
  requires: boolean,
): TeamManifest['agents'][string] {
  return {
    name,
    version: '1.2.3',
    domain: name,
    scope: 'Whatever the model needs',
    queue: poolQueue(name),
    accepts: {
      type: 'object',
      properties: Object.fromEntries(accepts.map((fact) => [fact, {}])),
      ...(requires && accepts[0] !== undefined ? { required: [accepts[0]] } : {}),
    },
    authority: { write: { amount: 100 } },
    failures: { retry: [], human: [] },
    tools: {
      look: tool('look', { effect: 'read' }),
      peek: tool('peek', { effect: 'read', approval: approvalOf(pool, 'always') }),
      write: tool('write', {}),
      soft: tool('soft', { onFailure: 'return-to-agent' }),
      big: tool('big', { approval: approvalOf(pool, 'amount'), onFailure: 'return-to-agent' }),
      gift: tool('gift', { reversible: false, approval: approvalOf(pool, 'two') }),
    },
    turnTimeoutMs: 30_000,
    retry,
  };
}

function tool(name: string, particulars: Partial<ToolManifest>): ToolManifest {
  return {
    name,
    description: name,
    effect: 'write',
    reversible: true,
    onFailure: 'unwind',
    timeoutMs: 10_000,
    retry,
    input: {},
    ...particulars,
  };
}

/** What agents state as partial results, and take up. */
export const RESULTS = ['draft', 'guess', 'valueOf'] as const;

/** The same team, whose agents take up each other's working memory: some all of it, some a part, one nothing. */
export function remembering(team: TeamManifest): TeamManifest {
  const taken = (index: number): TeamManifest['agents'][string]['workingMemory'] => ({
    ...(index % 2 === 0 ? { intent: true as const } : {}),
    ...(index % 3 === 0 ? {} : { recordsRead: true as const }),
    partialResults: {
      type: 'object',
      properties: Object.fromEntries(RESULTS.slice(0, 3 - (index % 3)).map((name) => [name, {}])),
    },
  });
  const agents = Object.entries(team.agents).map(([name, agent], index): [string, typeof agent] => [
    name,
    index === 3 ? agent : { ...agent, workingMemory: taken(index) },
  ]);
  return { ...team, agents: Object.fromEntries(agents) };
}

/** The same team, whose agents but one need facts of the user before they work. */
export function needing(team: TeamManifest): TeamManifest {
  const need = { question: { en: 'Which one?', hi: 'कौन सा?' }, why: { en: 'to find it' } };
  const agents = Object.entries(team.agents).map(([name, agent], index): [string, typeof agent] => [
    name,
    index === 2
      ? agent
      : { ...agent, needs: Object.fromEntries(FACTS.slice(0, 1 + index).map((fact) => [fact, need])) },
  ]);
  return { ...team, agents: Object.fromEntries(agents) };
}

/** The same team, in which everybody may ask everybody else; some have longer for it than others. */
export function asking(team: TeamManifest): TeamManifest {
  const names = Object.keys(team.agents);
  const asks = names.flatMap((from, index) =>
    names.flatMap((to) => (from === to ? [] : [{ from, to, ms: 1_000 * (index + 1), tokens: 5_000 }])),
  );
  return { ...team, asks };
}

/** A plain team whose ann may peek at no more than fifty (G2). */
export function limitedTeam(): TeamManifest {
  const team = teamOf(plainPlan());
  const ann = team.agents['ann'];
  if (!ann) throw new Error('no ann');
  return { ...team, agents: { ...team.agents, ann: { ...ann, authority: { peek: { amount: 50 } } } } };
}

/** The same team, whose agents ask several at once: some need all answers, some a few, and some ask so many at a time. */
export function fanning(team: TeamManifest): TeamManifest {
  const names = Object.keys(team.agents);
  const needs = [undefined, 'any', 2, 'all'] as const;
  const fanOuts = names.map((name, index): [string, NonNullable<TeamManifest['fanOuts']>[string]] => {
    const need = needs[index % needs.length];
    return [
      name,
      {
        ...(need === undefined ? {} : { need }),
        ...(index % 2 === 0 ? {} : { rest: 'stop' as const }),
      },
    ];
  });
  const { turns, hops } = team.limits;
  return {
    ...asking(team),
    fanOuts: Object.fromEntries(fanOuts),
    limits: {
      ...team.limits,
      turns: turns + 6,
      tokens: 4_000,
      ...(hops % 2 === 0 ? { asksAtOnce: 2 } : {}),
    },
  };
}
