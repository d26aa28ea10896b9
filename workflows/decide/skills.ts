import type { TurnOutput } from '../../contract/activities.ts';
import { getOwn } from '../../contract/json.ts';
import type { AgentManifest } from '../../contract/team.ts';
import { actorOf } from '../asks.ts';
import type { CaseState } from '../state.ts';
import { agentOf } from './compose.ts';

/**
 * The skill that tools of an agent are used for, where it is one; that of the agent where none of them is its own. None
 * where several are: nobody could say how much of a call went into which (A3).
 */
export function skillOf(agent: AgentManifest, tools: readonly string[]): string | undefined {
  const own = tools.flatMap((name) => getOwn(agent.tools, name) ?? []);
  const skills = new Set(own.map((tool) => tool.skill ?? agent.skill));
  return own.length === 0 ? agent.skill : skills.size === 1 ? [...skills][0] : undefined;
}

/**
 * The skill that the turn at hand works at: of the tools that it calls, else of those whose answers it was given.
 * @param output absent where the turn came to nothing
 */
export function skillAtWork(state: CaseState, output?: TurnOutput): string | undefined {
  const begunAt = state.work.kind === 'turn' ? state.work.skill : undefined;
  return skillOfTurn(agentOf(state, actorOf(state)), begunAt, output);
}

/** The same of any turn of an agent. */
export function skillOfTurn(
  agent: AgentManifest,
  begunAt: string | undefined,
  output?: TurnOutput,
): string | undefined {
  if (output?.kind !== 'turned' || output.turn.intent.kind !== 'call') return begunAt;
  const called = output.turn.intent.calls.map((call) => call.tool);
  return called.some((name) => getOwn(agent.tools, name)) ? skillOf(agent, called) : begunAt;
}

/** The word of a skill in a ledger row, beside what was taken for it. */
export function skillInRow(skill: string | undefined): { readonly skill?: string } {
  return skill === undefined ? {} : { skill };
}
