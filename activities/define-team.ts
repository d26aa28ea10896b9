import type { Adapter } from '../contract/adapters.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { getOwn, isJsonObject } from '../contract/json.ts';
import { defaultLimits, type TeamLimits } from '../contract/limits.ts';
import type {
  AgentManifest,
  Approval,
  ContextTechniques,
  EdgeManifest,
  TeamManifest,
} from '../contract/team.ts';
import { manifestDigest, parseTeamManifest } from '../contract/team.ts';
import type { PolicyWritten } from '../contract/policy/policy.ts';
import { REMOTE_TASK } from '../contract/remote-task.ts';
import type { Agent } from './agent.ts';
import { acceptsOf, memoryAccepted } from './accepts-of.ts';
import { needsOf } from './needs-of.ts';
import { acceptsFact, findAdapterFaults } from './check-adapters.ts';
import { agentRetry, breakerRules } from './agent-defaults.ts';
import { faultOfShape } from './check-team-shape.ts';
import { faultsOfApprovals } from './check-approvals.ts';
import { faultsOfContext } from './check-context.ts';
import { faultsOfPolicy } from './check-policy.ts';
import { faultsOfRedaction, kindsOf, type RedactOption } from './check-redaction.ts';
import { faultsOfRemotes } from './check-remotes.ts';
import { faultsOfUnmasking } from './check-unmasking.ts';
import { handsBackManifest, type HandsBackDefinition } from './hands-back.ts';
import { collectPools, type People } from './people.ts';
import { fanOutsManifest, type FanOut } from './fan-outs.ts';
import { findReadsFaults } from './version-skew.ts';

export { people, peopleOfDirectory, type People } from './people.ts';

/** What an edge may say. */
export interface EdgeOptions {
  /** A person's yes before the handoff is offered. */
  readonly approval?: Approval;
  /** The receiver may not give the case back. */
  readonly noReturn?: boolean;
  /** How long an offer stays open, in milliseconds. */
  readonly offerMs?: number;
  /** Who stands in, in order, when the receiver does not take the case. */
  readonly fallback?: readonly Agent[];
  /** Facts that the receiver knows by other names than the sender, or has no place for. */
  readonly adapt?: readonly Adapter[];
  /** How context crosses: summary, facts by reference, view of the conversation. */
  readonly context?: ContextTechniques;
  /**
   * Personal data that is masked on the way, in facts, text and conversation. Everything, where the receiver is of
   * another domain than the sender and the edge does not say otherwise; nothing within a domain (X5).
   */
  readonly redact?: RedactOption;
  /** Roles of people who may see what this edge masks; where absent, those that their pool names. */
  readonly unmask?: readonly string[];
}

/** An edge of a team: an ordered pair and its contract. */
export interface Edge {
  readonly from: Agent;
  readonly to: Agent | People;
  readonly options: EdgeOptions;
}

/** What one agent may take of another one's time when it asks. */
export interface AskOptions {
  /** How long an answer may take, in milliseconds; ten minutes when absent. */
  readonly ms?: number;
  /** Most tokens of models, in and out, with the questions that it leads to. */
  readonly tokens?: number;
  /** Most that it may cost, in US dollars. */
  readonly costUsd?: number;
  /** Personal data that is masked on the way, as on an edge (X5). */
  readonly redact?: RedactOption;
}

/** Who may ask whom, and how much of it. */
export interface Ask {
  readonly from: Agent;
  readonly to: Agent;
  readonly options: AskOptions;
}

/** A team as its author writes it. */
export interface TeamDefinition {
  readonly name: string;
  readonly start: Agent;
  readonly edges: readonly Edge[];
  /** Who may ask whom without handing the case on. */
  readonly asks?: readonly Ask[];
  /** What the questions need that an agent puts at once; all answers when absent. */
  readonly fanOuts?: readonly FanOut[];
  /** Agents beyond those that edges name: only a lone start agent needs no edge. */
  readonly agents?: readonly Agent[];
  /** Pool that takes requests for a human, spent fallbacks and guards; the first pool of an edge when absent. */
  readonly escalation?: People;
  readonly limits?: Partial<TeamLimits>;
  /** Handoffs between agents must be signed; workers then need signing keys (see docs/security.md). */
  readonly signing?: 'required';
  /**
   * What users, people, agents and tools say, and what cases are opened with, stands in the context store alone:
   * references to it are in the history, and agents read it as their edges let them. Workers and clients then need a
   * context store.
   */
  readonly private?: boolean;
  /** Users are told whether an AI or a human speaks to them, before its first words and at each change (U4). */
  readonly disclosure?: 'required';
  /** Users are asked how it went, in their own language, once their case is finished. */
  readonly feedback?: 'asked';
  /**
   * What goes back, beside words, to another house that handed a case of this team over by A2A (H8): its writes and
   * decisions, and of the working memory of whoever finishes it what is named here and wanted there. Nothing when absent.
   */
  readonly handsBack?: HandsBackDefinition;
  /** When cases are handed on, held or taken to people: rules as data (see docs/policy.md). */
  readonly policy?: PolicyWritten;
}

/** A checked team: agents to run, and the manifest that cases are pinned to. */
export interface Team {
  readonly name: string;
  readonly agents: Readonly<Record<string, Agent>>;
  readonly manifest: TeamManifest;
  /** Digest of the manifest. */
  readonly digest: string;
}

/** Ownership may move from one agent to another. */
export function edge(from: Agent, to: Agent, options: EdgeOptions = {}): Edge {
  return { from, to, options };
}

/**
 * An agent may ask another one: it works on the question on its own pool and answers to the asker, who owns the case
 * all the while and alone speaks to the user.
 */
export function ask(from: Agent, to: Agent, options: AskOptions = {}): Ask {
  return { from, to, options };
}

/** Ownership may move upwards to people. Requests for a human need no edge: they are honoured from anywhere (I12). */
export function escalate(from: Agent, to: People, options: EdgeOptions = {}): Edge {
  return { from, to, options };
}

/**
 * Builds a team and checks it whole: names that clash, agents nobody can reach, edges twice or to oneself, an edge
 * whose receiver cannot say what it accepts, fallbacks without an edge, writes that can neither be undone nor wait
 * for a person, approvals that nobody could give or that would never be asked for, authority over tools an agent
 * does not have, and a team without people.
 * @throws BatonError `TEAM_INVALID` listing every fault found, each with its place
 */
export function defineTeam(definition: TeamDefinition): Team {
  const misshapen = faultOfShape(definition);
  if (misshapen !== undefined) throw new BatonError(failure('TEAM_INVALID', misshapen, 'team'));
  const faults: string[] = [];
  const agents = collectAgents(definition, faults);
  const pools = collectPools(
    [
      ...definition.edges.map((one) => one.to).filter(isPeople),
      ...(definition.escalation ? [definition.escalation] : []),
    ],
    faults,
  );
  const escalation = definition.escalation ?? definition.edges.map((one) => one.to).find(isPeople);
  if (!escalation) {
    faults.push(
      'escalation: the team has no people; add `escalation: people(...)`, so that a human can be asked for',
    );
  }
  for (const name of Object.keys(pools)) {
    if (Object.hasOwn(agents, name)) faults.push(`pools.${name}: an agent has the same name`);
  }
  const limits = { ...defaultLimits(), ...definition.limits };
  const edges = definition.edges.map((one, index) =>
    edgeManifest(one, index, limits, definition.edges, faults),
  );
  const asks = asksManifest(definition, faults);
  const fanOuts = fanOutsManifest(definition.fanOuts ?? [], definition.asks ?? [], faults);
  refuseRepeatedEdges(definition.edges, faults);
  refuseUnreachable(definition, agents, faults);
  const manifest = {
    version: '1.0.0',
    name: definition.name,
    start: definition.start.name,
    agents: Object.fromEntries(
      Object.values(agents).map((agent) => [agent.name, agentManifest(agent, faults)]),
    ),
    pools,
    escalation: escalation?.name ?? 'none',
    edges,
    ...(asks.length > 0 ? { asks } : {}),
    ...(Object.keys(fanOuts).length > 0 ? { fanOuts } : {}),
    constraints: 'bind' as const,
    limits,
    ...(definition.signing ? { signing: definition.signing } : {}),
    ...(definition.private === true ? { private: 'all' as const } : {}),
    ...(definition.disclosure ? { disclosure: definition.disclosure } : {}),
    ...(definition.feedback ? { feedback: definition.feedback } : {}),
    ...(definition.handsBack ? { handsBack: handsBackManifest(definition.handsBack, faults) } : {}),
    ...(definition.policy ? { policy: definition.policy } : {}),
  };
  faults.push(...faultsOfApprovals(manifest), ...faultsOfContext(manifest));
  faults.push(...faultsOfRedaction(manifest), ...faultsOfUnmasking(manifest));
  faults.push(...faultsOfRemotes(manifest));
  if (definition.policy) faults.push(...faultsOfPolicy(manifest, definition.policy));
  const parsed = parseTeamManifest(manifest);
  if (!parsed.ok) faults.push(parsed.failure.message);
  if (faults.length > 0 || !parsed.ok) {
    throw new BatonError(
      failure('TEAM_INVALID', `team ${JSON.stringify(definition.name)}: ${faults.join(' | ')}`, 'team'),
    );
  }
  return { name: parsed.value.name, agents, manifest: parsed.value, digest: manifestDigest(parsed.value) };
}

function isPeople(target: Agent | People): target is People {
  return 'kind' in target;
}

function collectAgents(definition: TeamDefinition, faults: string[]): Record<string, Agent> {
  const agents: Record<string, Agent> = {};
  const named = [definition.start, ...(definition.agents ?? [])];
  for (const one of definition.asks ?? []) named.push(one.from, one.to);
  for (const one of definition.edges) {
    named.push(one.from, ...(isPeople(one.to) ? [] : [one.to]), ...(one.options.fallback ?? []));
  }
  for (const agent of named) {
    const known = getOwn(agents, agent.name);
    if (known && known !== agent) faults.push(`agents.${agent.name}: two agents have this name`);
    agents[agent.name] = agent;
  }
  return agents;
}

function edgeManifest(
  one: Edge,
  index: number,
  limits: TeamLimits,
  all: readonly Edge[],
  faults: string[],
): EdgeManifest {
  const place = `edges.${String(index)} (${one.from.name} -> ${one.to.name})`;
  if (one.from.name === one.to.name) faults.push(`${place}: an agent cannot hand a case to itself`);
  for (const standIn of one.options.fallback ?? []) {
    if (standIn.name === one.to.name || standIn.name === one.from.name)
      faults.push(`${place}: fallback ${standIn.name} is one of the pair`);
    else if (!all.some((other) => other.from === one.from && other.to === standIn)) {
      faults.push(`${place}: fallback ${standIn.name} has no edge from ${one.from.name}`);
    }
  }
  const { adapt } = one.options;
  const redact = isPeople(one.to)
    ? kindsOf(one.options.redact, true)
    : kindsOf(one.options.redact, one.from.definition.domain === one.to.definition.domain);
  if (adapt) faults.push(...findAdapterFaults(adapt, place, isPeople(one.to) ? undefined : one.to));
  return {
    from: one.from.name,
    to: one.to.name,
    verb: isPeople(one.to) ? 'escalate' : 'transfer',
    ...(one.options.approval ? { approval: one.options.approval } : {}),
    noReturn: one.options.noReturn ?? false,
    offerMs: one.options.offerMs ?? limits.offerMs,
    fallback: (one.options.fallback ?? []).map((agent) => agent.name),
    ...(adapt && adapt.length > 0 ? { adapt: [...adapt] } : {}),
    ...(one.options.context ? { context: one.options.context } : {}),
    ...(redact.length > 0 ? { redact: [...redact] } : {}),
    ...(one.options.unmask ? { unmask: [...one.options.unmask] } : {}),
  };
}

function asksManifest(
  { asks = [], private: isPrivate }: TeamDefinition,
  faults: string[],
): NonNullable<TeamManifest['asks']> {
  if (asks.length > 0 && isPrivate === true)
    faults.push('asks: what agents ask each other would stand in the history of a private team');
  return asks.map(({ from, to, options }, index) => {
    const place = `asks.${String(index)} (${from.name} asks ${to.name})`;
    if (from.name === to.name) faults.push(`${place}: an agent cannot ask itself`);
    if (asks.findIndex((one) => one.from === from && one.to === to) < index)
      faults.push(`${place}: it is there twice`);
    const { ms, tokens, costUsd } = options;
    const redact = kindsOf(options.redact, from.definition.domain === to.definition.domain);
    return {
      from: from.name,
      to: to.name,
      ...(ms === undefined ? {} : { ms }),
      ...(tokens === undefined ? {} : { tokens }),
      ...(costUsd === undefined ? {} : { costUsd }),
      ...(redact.length > 0 ? { redact: [...redact] } : {}),
    };
  });
}

function refuseRepeatedEdges(edges: readonly Edge[], faults: string[]): void {
  const seen = new Set<string>();
  for (const one of edges) {
    const pair = `${one.from.name} -> ${one.to.name}`;
    if (seen.has(pair)) faults.push(`edges (${pair}): the edge is there twice`);
    seen.add(pair);
  }
}

function refuseUnreachable(
  definition: TeamDefinition,
  agents: Record<string, Agent>,
  faults: string[],
): void {
  const reached = new Set([definition.start.name]);
  for (let before = 0; before !== reached.size;) {
    before = reached.size;
    for (const one of [...definition.edges, ...(definition.asks ?? [])])
      if (reached.has(one.from.name)) reached.add(one.to.name);
  }
  for (const name of Object.keys(agents)) {
    if (!reached.has(name))
      faults.push(`agents.${name}: no path of edges leads here from ${definition.start.name}`);
  }
}

function agentManifest(agent: Agent, faults: string[]): AgentManifest {
  const { definition } = agent;
  const place = `agents.${agent.name}`;
  for (const tool of Object.values(agent.tools)) {
    if (!tool.manifest.reversible && !tool.manifest.approval && tool.name !== REMOTE_TASK) {
      faults.push(
        `${place}.tools.${tool.name}: it writes and cannot be undone; give it \`undo\`, or \`approval\` by a person`,
      );
    }
  }
  if (Object.keys(agent.tools).length !== (definition.tools ?? []).length)
    faults.push(`${place}.tools: two tools have the same name`);
  for (const [tool, bounds] of Object.entries(definition.authority ?? {})) {
    const declared = getOwn(agent.tools, tool)?.manifest.input['properties'];
    if (!Object.hasOwn(agent.tools, tool))
      faults.push(`${place}.authority.${tool}: the agent has no such tool`);
    else
      for (const field of Object.keys(bounds)) {
        if (!isJsonObject(declared) || !Object.hasOwn(declared, field))
          faults.push(`${place}.authority.${tool}.${field}: the tool has no such argument`);
      }
  }
  const reads = findReadsFaults(definition.reads ?? [], (name) => acceptsFact(agent, name));
  faults.push(...reads.map((fault) => `${place}.${fault}`));
  return {
    name: agent.name,
    version: agent.version,
    domain: definition.domain,
    scope: definition.scope,
    queue: agent.queue,
    accepts: acceptsOf(agent, faults) as AgentManifest['accepts'],
    ...needsOf(agent, faults),
    ...memoryAccepted(agent, faults),
    authority: Object.fromEntries(
      Object.entries(definition.authority ?? {}).map(([tool, bounds]) => [tool, { ...bounds }]),
    ),
    failures: {
      retry: [...(definition.failures?.retry ?? [])],
      human: [...(definition.failures?.human ?? [])],
    },
    tools: Object.fromEntries(Object.values(agent.tools).map((tool) => [tool.name, tool.manifest])),
    turnTimeoutMs: definition.turnTimeoutMs ?? 30_000,
    retry: { ...agentRetry(), ...definition.retry },
    ...(definition.breaker ? { breaker: { ...breakerRules(), ...definition.breaker } } : {}),
    ...(agent.remote ? { remote: agent.remote } : {}),
    ...(agent.prompt ? { prompt: { version: agent.prompt.version, digest: agent.prompt.digest } } : {}),
    ...(agent.models ? { models: [...agent.models], metering: 'full' as const } : {}),
    ...(definition.skill === undefined ? {} : { skill: definition.skill }),
  };
}
