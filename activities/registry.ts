import { sha256Hex } from '../contract/digest.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { getOwn } from '../contract/json.ts';
import type { ManifestStore } from '../contract/ports.ts';
import type { TeamManifest } from '../contract/team.ts';
import { parseTeamManifest } from '../contract/team.ts';
import type { Agent } from './agent.ts';
import type { Team } from './define-team.ts';
import type { Prompt } from './models/prompt.ts';
import type { Tool } from './tool.ts';
import { judgeVersion, readsInWords } from './version-skew.ts';

/** What this worker can serve: its teams and their agents, and the manifests of cases that began on others. */
export interface Registry {
  /** A team by name. Throws `TEAM_UNKNOWN` naming the teams there are. */
  team(name: string): Team;
  /**
   * An agent of a team in a version that can stand in for the pinned one. Throws
   * `WORKER_TOO_OLD` where the case began on a newer one, `AGENT_UNKNOWN` where nothing here reads it (both retryable).
   */
  agent(team: string, name: string, version: string): Agent;
  /** A tool of an agent. Throws `TOOL_UNKNOWN`. */
  tool(agent: Agent, name: string): Tool;
  /** The manifest a case is pinned to, from memory or from the store. Throws `TEAM_UNKNOWN`. */
  manifest(digest: string): Promise<TeamManifest>;
  /**
   * Instructions of an agent with a model, as a case is pinned to them. Throws `AGENT_UNKNOWN` (retryable) where the
   * store of manifests does not have them.
   */
  prompt(pinned: Pick<Prompt, 'version' | 'digest'>): Promise<Prompt>;
}

/** Keeps what the agents of a team are told, for cases that outlive it. */
export async function keepPrompts(manifests: ManifestStore, { agents }: Team): Promise<void> {
  for (const { prompt } of Object.values(agents))
    if (prompt) await manifests.put(prompt.digest, { version: prompt.version, text: prompt.text });
}

/** A registry over teams as they were built. */
export function createRegistry(teams: readonly Team[], manifests: ManifestStore): Registry {
  const byName = Object.fromEntries(teams.map((team) => [team.name, team]));
  const byDigest = new Map(teams.map((team) => [team.digest, team.manifest]));
  const prompts = new Map<string, Prompt>();
  return {
    team: (name) => {
      const team = getOwn(byName, name);
      if (team) return team;
      throw new BatonError(
        failure(
          'TEAM_UNKNOWN',
          `${JSON.stringify(name)}; teams here: ${Object.keys(byName).join(', ')}`,
          'team',
        ),
      );
    },
    agent: (team, name, version) => {
      const agents = getOwn(byName, team)?.agents;
      const agent = agents && getOwn(agents, name);
      const service = agent && judgeVersion(agent, version);
      if (agent && service?.kind === 'serves') return agent;
      if (agent && service?.kind === 'too-old') {
        const detail = `${team}/${name}@${version}; this worker has ${agent.version}`;
        throw new BatonError(failure('WORKER_TOO_OLD', detail));
      }
      const here = agent
        ? `this worker reads ${readsInWords(agent)}`
        : `agents here: ${Object.keys(agents ?? {}).join(', ')}`;
      throw new BatonError(failure('AGENT_UNKNOWN', `${team}/${name}@${version}; ${here}`));
    },
    tool: (agent, name) => {
      const tool = getOwn(agent.tools, name);
      if (tool) return tool;
      throw new BatonError(
        failure('TOOL_UNKNOWN', `${name}; tools of ${agent.name}: ${Object.keys(agent.tools).join(', ')}`),
      );
    },
    manifest: async (digest) => {
      const known = byDigest.get(digest);
      if (known) return known;
      const stored = await manifests.get(digest);
      if (stored === undefined)
        throw new BatonError(failure('TEAM_UNKNOWN', `no manifest with digest ${digest}`));
      const parsed = parseTeamManifest(stored);
      if (!parsed.ok) throw new BatonError(parsed.failure);
      byDigest.set(digest, parsed.value);
      return parsed.value;
    },
    prompt: async ({ version, digest }) => {
      const known = prompts.get(digest);
      if (known) return known;
      const text = (await manifests.get(digest))?.['text'];
      if (typeof text !== 'string' || sha256Hex(text) !== digest)
        throw new BatonError(failure('AGENT_UNKNOWN', `no instructions ${version} with digest ${digest}`));
      const prompt = { version, text, digest };
      prompts.set(digest, prompt);
      return prompt;
    },
  };
}
