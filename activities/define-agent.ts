import type { JsonObject } from '../contract/json.ts';
import { poolQueue } from '../contract/queues.ts';
import type { Agent, AgentDefinition, Turn } from './agent.ts';

/**
 * Defines an agent: its role contract, what it accepts, its tools and how it takes a turn. The same port suits rule
 * based, scripted and model-driven agents. Teams check it when they are built.
 */
export function defineAgent<Facts extends JsonObject>(definition: AgentDefinition<Facts>): Agent {
  return {
    name: definition.name,
    version: definition.version,
    definition: definition as unknown as AgentDefinition<never>,
    accepts: definition.accepts,
    tools: Object.fromEntries((definition.tools ?? []).map((tool) => [tool.name, tool])),
    queue: poolQueue(definition.pool ?? definition.name),
    // The edge hands over only facts that `accepts` let through.
    declines: (turn) => definition.declines?.(turn as Turn<Facts>),
    run: async (turn) => definition.run(turn as Turn<Facts>),
    take: async (turn) => ({ kind: 'answered', answer: await definition.run(turn as Turn<Facts>) }),
  };
}
