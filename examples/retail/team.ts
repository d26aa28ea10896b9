import type { Answer, Turn } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import type { Team } from '../../activities/define-team.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { OpeningFacts } from './facts.ts';
import { openingFacts, verifiedFacts } from './facts.ts';
import type { Specialist } from './specialists.ts';
import { specialists, toolsOf } from './specialists.ts';
import type { StoreAccess } from '../store-tool.ts';
import { retailTools } from './tools.ts';

/** What the retail desk is made from. */
export interface RetailDesk extends StoreAccess {
  /** How a specialist takes a turn: scripted, by rules, or with a model. */
  readonly run: (specialist: Specialist, turn: Turn<OpeningFacts>) => Promise<Answer> | Answer;
}

/** Name of the team. */
export const RETAIL_TEAM = 'retail';

/** The people of the team: what the specialists may not do goes to them. */
const RETAIL_DESK = 'retail-desk';

/** One of them. */
export const RETAIL_PERSON = 'robin';

/** Customers with ten wishes over all departments still get through; a circle is stopped by its fingerprint. */
const HOPS = 50;

/** Longest run of look-ups between two answers to the customer. */
const TURNS = 200;

/**
 * The retail desk: identification first, then whoever owns what the customer wants. Each write has one owner, so a
 * wish for another department is a handoff, and it carries the verified identity; nobody verifies twice.
 */
export function retailTeam(desk: RetailDesk): Team {
  const tools = retailTools(desk);
  const agent = (name: Specialist): ReturnType<typeof defineAgent> => {
    const { domain, scope } = specialists()[name];
    return defineAgent<OpeningFacts>({
      name,
      version: '1.0.0',
      domain,
      scope,
      accepts: name === 'identification' ? openingFacts() : verifiedFacts(),
      tools: toolsOf(name).flatMap((tool) => tools[tool] ?? []),
      run: (turn) => desk.run(name, turn),
    });
  };
  const agents = (Object.keys(specialists()) as Specialist[]).map(agent);
  const [identification] = agents;
  if (!identification) throw new RangeError('the desk has no specialists');
  const staff = people(RETAIL_DESK, { [RETAIL_PERSON]: { roles: ['clerk'] } });
  return defineTeam({
    name: RETAIL_TEAM,
    start: identification,
    edges: agents.flatMap((from) => [
      // One shop, whose departments all work on the customer's own records: what was verified crosses as it is.
      ...agents.filter((to) => to !== from).map((to) => edge(from, to, { redact: 'nothing' })),
      escalate(from, staff),
    ]),
    limits: { hops: HOPS, turns: TURNS },
  });
}
