import type { Texts } from '../contract/texts.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { Agent } from './agent.ts';
import { acceptsFact } from './check-adapters.ts';

/**
 * What an agent asks its user for before it works, for its manifest: the words, and not how answers are read.
 * @param faults gets what is wrong with it
 */
export function needsOf(agent: Agent, faults: string[]): Pick<AgentManifest, 'needs'> {
  const { needs = {} } = agent.definition;
  const names = Object.keys(needs);
  for (const name of names)
    if (!acceptsFact(agent, name))
      faults.push(`agents.${agent.name}.needs.${name}: the agent does not accept this fact`);
  if (names.length > 0 && agent.remote)
    faults.push(`agents.${agent.name}.needs: an agent elsewhere asks by itself`);
  if (names.length === 0) return {};
  const written = Object.entries(needs).map(([name, { question, why }]) => [
    name,
    { question: textsOf(question), why: textsOf(why) },
  ]);
  return { needs: Object.fromEntries(written) as NonNullable<AgentManifest['needs']> };
}

function textsOf(words: string | Texts): Texts {
  return typeof words === 'string' ? { en: words } : words;
}
