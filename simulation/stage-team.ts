import { z } from 'zod';
import type { Agent, Turn } from '../activities/agent.ts';
import { defineAgent } from '../activities/define-agent.ts';
import { defineTeam, escalate, people, type Team } from '../activities/define-team.ts';
import type { Tool } from '../activities/tool.ts';
import { BatonError } from '../contract/failures.ts';
import { getOwn, isJsonObject, type JsonObject, type JsonValue } from '../contract/json.ts';
import { manifestDigest, parseTeamManifest, type TeamManifest } from '../contract/team.ts';
import type { ContextKind, RoleSample, UpstreamContext } from './contexts.ts';

/** What a module may say of its team for simulations: `export const simulation`. */
export interface SimulationNotes {
  readonly roles?: Readonly<Record<string, RoleSample>>;
  /** What tools answer when they stand in, by name; their own arguments and `"simulated": true` when absent. */
  readonly results?: Readonly<Record<string, JsonValue>>;
}

/** Who hands the role its context. */
const UPSTREAM = 'simulated-upstream';

/** A team in which one role is handed contexts by a made-up colleague. */
export interface Staged {
  readonly role: string;
  readonly team: Team;
}

/**
 * The team, once for each role: its agents as they are, on queues that no other worker serves, with tools that stand
 * in, and somebody upstream who hands the role what it is tried with.
 * @param contextsOf what upstream has for a role, by kind
 * @param suffix of the queues
 * @param watch sees every turn before its role does
 */
export function stageRoles(
  team: Team,
  contextsOf: (role: string) => Readonly<Partial<Record<ContextKind, UpstreamContext>>>,
  suffix: string,
  notes: SimulationNotes,
  watch: (role: string, turn: Turn<JsonObject>) => void,
): readonly Staged[] {
  const agents = Object.fromEntries(
    Object.values(team.agents).map((agent) => [agent.name, standIn(agent, suffix, notes, watch)]),
  );
  return Object.keys(agents).map((role) => {
    const upstream = upstreamOf(role, contextsOf(role), suffix);
    return { role, team: stage(team, { ...agents, [UPSTREAM]: upstream }, role, suffix) };
  });
}

function stage(team: Team, agents: Readonly<Record<string, Agent>>, role: string, suffix: string): Team {
  // Nobody has keys for the one upstream: handoffs are not signed here.
  const plain = { ...team.manifest, signing: undefined };
  const upstream = getOwn(agents, UPSTREAM);
  if (!upstream) throw new RangeError('nobody is upstream');
  const { limits } = team.manifest;
  const manifest = {
    ...plain,
    name: `simulated-${role}`,
    start: UPSTREAM,
    agents: {
      ...Object.fromEntries(
        Object.entries(team.manifest.agents).map(([name, agent]) => [
          name,
          { ...agent, queue: `${agent.queue}-${suffix}` },
        ]),
      ),
      [UPSTREAM]: manifestOf(upstream),
    },
    edges: [
      ...team.manifest.edges,
      { from: UPSTREAM, to: role, verb: 'transfer', noReturn: true, offerMs: limits.offerMs, fallback: [] },
    ],
    limits: { ...limits, hops: limits.hops + 1 },
  };
  const parsed = parseTeamManifest(manifest);
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return { name: manifest.name, agents, manifest: parsed.value, digest: manifestDigest(parsed.value) };
}

function manifestOf(agent: Agent): TeamManifest['agents'][string] {
  const nobody = people('nobody', { nobody: { roles: ['nobody'] } });
  const { manifest } = defineTeam({ name: 'upstream', start: agent, edges: [escalate(agent, nobody)] });
  const [only] = Object.values(manifest.agents);
  if (!only) throw new RangeError('a team has an agent');
  return only;
}

function standIn(
  agent: Agent,
  suffix: string,
  notes: SimulationNotes,
  watch: (role: string, turn: Turn<JsonObject>) => void,
): Agent {
  const tools = Object.values(agent.tools).map((tool): [string, Tool] => {
    const told = getOwn(notes.results ?? {}, tool.name);
    const resultOf = (input: unknown): JsonValue =>
      told ?? { ...(isJsonObject(input) ? input : {}), simulated: true };
    return [
      tool.name,
      {
        ...tool,
        run: ({ input }) => Promise.resolve({ kind: 'done', result: resultOf(input) }),
        undo: tool.undo && (() => Promise.resolve({ kind: 'undone' })),
        preview: tool.preview && (({ input }) => Promise.resolve({ before: resultOf(input) })),
      },
    ];
  });
  return {
    ...agent,
    queue: `${agent.queue}-${suffix}`,
    tools: Object.fromEntries(tools),
    take: (turn, surroundings) => {
      watch(agent.name, turn);
      return agent.take(turn, surroundings);
    },
  };
}

function upstreamOf(
  role: string,
  contexts: Readonly<Partial<Record<ContextKind, UpstreamContext>>>,
  suffix: string,
): Agent {
  return defineAgent<JsonObject>({
    name: UPSTREAM,
    version: '1.0.0',
    domain: 'simulation',
    scope: 'Hands on what the role is tried with',
    accepts: z.looseObject({}) as unknown as z.ZodType<JsonObject>,
    pool: `upstream-${suffix}-${role}`,
    run: (turn) => {
      const asked = turn.facts['context'];
      const context = typeof asked === 'string' ? getOwn(contexts, asked) : undefined;
      if (!context || turn.notices.length > 0) return { intent: { kind: 'finish', outcome: 'kept-out' } };
      const { facts, summary, completed, remaining } = context;
      return {
        intent: {
          kind: 'transfer',
          to: role,
          reasonCode: 'simulation',
          explanation: 'this is yours',
          facts: facts as Record<string, never>,
          summary: {
            decision: summary.decision,
            inputs: [...summary.inputs],
            openQuestions: [...summary.openQuestions],
          },
          completed: [...completed],
          remaining: [...remaining],
        },
      };
    },
  });
}
