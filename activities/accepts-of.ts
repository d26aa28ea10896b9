import type { z } from 'zod';
import type { JsonObject } from '../contract/json.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { MemoryAccepted } from '../contract/working-memory.ts';
import type { Agent, AgentDefinition } from './agent.ts';
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
  return { workingMemory: acceptedMemory(`agents.${agent.name}.workingMemory`, workingMemory, faults) };
}

/**
 * What crosses of a working memory, as data.
 * @param place of the definition, for faults
 * @param faults gets what is wrong with it
 */
export function acceptedMemory(
  place: string,
  { intent, recordsRead, partialResults }: NonNullable<AgentDefinition<never>['workingMemory']>,
  faults: string[],
): MemoryAccepted {
  return {
    ...(intent ? { intent } : {}),
    ...(recordsRead ? { recordsRead } : {}),
    ...(partialResults ? { partialResults: resultsSchema(place, partialResults, faults) } : {}),
  };
}

type ResultsSchema = NonNullable<MemoryAccepted['partialResults']>;

function resultsSchema(place: string, schema: z.ZodObject, faults: string[]): ResultsSchema {
  try {
    return jsonSchemaOf(schema) as ResultsSchema;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    faults.push(
      `${place}.partialResults: JSON Schema cannot say it (${why}); ` +
        'edges are cut by it where the schema itself is not at hand',
    );
    return {};
  }
}
