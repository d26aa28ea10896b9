import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { AgentManifest } from '../../contract/team.ts';
import type { Answer } from '../agent.ts';

const Working = {
  intent: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe('What is to be achieved, and what you take to be so and have not proven'),
  records_read: z
    .array(z.string().min(1).max(500))
    .max(100)
    .optional()
    .describe('Records you have read, each by its kind and id, such as orders/17'),
  partial_results: z
    .record(z.string(), z.json())
    .optional()
    .describe('What you have worked out and is not finished or not certain'),
};

/** Arguments in which a model states what it works with beside facts (H8). All are optional. */
export type WorkingArguments = z.output<z.ZodObject<typeof Working>>;

/** The members of a choice's schema that hold them. */
export function workingShape(): typeof Working {
  return Working;
}

/**
 * A choice's arguments with those of them that its receiver takes up, and none where it takes up nothing: a model is
 * not asked for what would be left behind.
 * @param schema JSON Schema of all arguments of the choice
 */
export function offerWorking(schema: JsonObject, accepted: AgentManifest['workingMemory']): JsonObject {
  const { properties } = schema;
  if (!isJsonObject(properties)) return schema;
  const { intent, records_read, partial_results, ...others } = properties;
  return {
    ...schema,
    properties: {
      ...others,
      ...(accepted?.intent && intent ? { intent } : {}),
      ...(accepted?.recordsRead && records_read ? { records_read } : {}),
      ...(accepted?.partialResults && isJsonObject(partial_results)
        ? { partial_results: { ...partial_results, ...resultsOf(accepted.partialResults) } }
        : {}),
    },
  };
}

/** The receiver's results, none of them required. References within a schema lead from its root, and stay out. */
function resultsOf(schema: JsonObject): JsonObject {
  const { properties } = schema;
  return schema['$defs'] === undefined && isJsonObject(properties) ? { properties } : {};
}

/** What a model stated, as an agent's answer has it. */
export function statedBy(told: Partial<WorkingArguments>): Pick<Answer, 'recordsRead' | 'workingMemory'> {
  const { intent, records_read: recordsRead, partial_results: partialResults } = told;
  const stated = intent !== undefined || partialResults !== undefined;
  return {
    ...(recordsRead ? { recordsRead } : {}),
    ...(stated
      ? {
          workingMemory: {
            ...(intent === undefined ? {} : { intent }),
            ...(partialResults ? { partialResults } : {}),
          },
        }
      : {}),
  };
}
