import type { z } from 'zod';
import type { JsonObject } from '../contract/json.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { Agent } from './agent.ts';
import { jsonSchemaOf } from './define-tool.ts';

/**
 * JSON Schema of what an agent accepts, by which edges are cut where the schema itself is not at hand.
 * @param faults gets what is wrong with it
 */
export function acceptsOf(agent: Agent, faults: string[]): JsonObject {
  try {
    const schema = jsonSchemaOf(agent.accepts);
    if (schema['type'] === 'object') return schema;
    faults.push(
      `agents.${agent.name}.accepts: it must be an object of facts, so that edges can be cut by its fields`,
    );
  } catch (error) {
    faults.push(
      `agents.${agent.name}.accepts: JSON Schema cannot say it (${error instanceof Error ? error.message : String(error)}); ` +
        'edges are cut by it where the schema itself is not at hand',
    );
  }
  return {};
}

/**
 * What an agent takes up of others' working memory, for its manifest.
 * @param faults gets what is wrong with it
 */
export function memoryAccepted(agent: Agent, faults: string[]): Pick<AgentManifest, 'workingMemory'> {
  const { workingMemory } = agent.definition;
  if (!workingMemory) return {};
  const { intent, recordsRead, partialResults } = workingMemory;
  return {
    workingMemory: {
      ...(intent ? { intent } : {}),
      ...(recordsRead ? { recordsRead } : {}),
      ...(partialResults ? { partialResults: resultsSchema(agent, partialResults, faults) } : {}),
    },
  };
}

type ResultsSchema = NonNullable<NonNullable<AgentManifest['workingMemory']>['partialResults']>;

function resultsSchema(agent: Agent, schema: z.ZodObject, faults: string[]): ResultsSchema {
  try {
    return jsonSchemaOf(schema) as ResultsSchema;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    faults.push(
      `agents.${agent.name}.workingMemory.partialResults: JSON Schema cannot say it (${why}); ` +
        'edges are cut by it where the schema itself is not at hand',
    );
    return {};
  }
}
