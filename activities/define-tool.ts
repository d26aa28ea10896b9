import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import type { Retry } from '../contract/team.ts';
import type { RecordToolDefinition, Tool, ToolDefinition } from './tool.ts';
import { previewRecords } from './preview-records.ts';
import { recordEffect } from './tool.ts';

/** Five attempts within some three seconds: an effect outlives the restart of the database it writes to (F04). */
function toolRetry(): Retry {
  return { attempts: 5, initialMs: 200, backoff: 2, maximumMs: 5_000 };
}

/** The JSON Schema of a zod schema, as manifests carry it. Throws for what JSON Schema cannot say. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
}

/**
 * Defines a tool. Only its input is checked here; `defineTeam` refuses a write that can neither be undone nor waits
 * for a person's yes.
 * @throws BatonError `TEAM_INVALID` when JSON Schema cannot say the input
 */
export function defineTool<Input>(definition: ToolDefinition<Input>): Tool {
  const { undo } = definition;
  const preview = definition.preview?.bind(definition);
  return {
    name: definition.name,
    definition: definition as unknown as ToolDefinition<never>,
    parse: (value) => {
      const result = definition.input.safeParse(value);
      return result.success
        ? { ok: true, input: result.data }
        : { ok: false, issues: z.prettifyError(result.error) };
    },
    // The registry hands over only inputs that `parse` let through.
    run: (call) => definition.run({ ...call, input: call.input as Input }),
    undo: undo && ((call) => undo({ ...call, input: call.input as Input })),
    ...(preview ? { preview: (call) => preview({ ...call, input: call.input as Input }) } : {}),
    manifest: {
      name: definition.name,
      description: definition.description,
      effect: definition.effect,
      reversible: definition.effect === 'read' || undo !== undefined,
      ...(definition.approval ? { approval: definition.approval } : {}),
      ...(preview ? { preview: true as const } : {}),
      onFailure: definition.onFailure ?? 'unwind',
      timeoutMs: definition.timeoutMs ?? 10_000,
      retry: { ...toolRetry(), ...definition.retry },
      ...(definition.rate ? { rate: definition.rate } : {}),
      ...(definition.skill === undefined ? {} : { skill: definition.skill }),
      input: inputSchemaOf(definition),
    },
  };
}

function inputSchemaOf<Input>(
  definition: Pick<ToolDefinition<Input>, 'name' | 'input'>,
): Tool['manifest']['input'] {
  const place = `tools.${definition.name}.input`;
  try {
    return jsonSchemaOf(definition.input) as Tool['manifest']['input'];
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const detail = `${place}: JSON Schema cannot say it (${reason}); arguments come as JSON, so take text or numbers`;
    throw new BatonError(failure('TEAM_INVALID', detail, place), { cause: thrown });
  }
}

/**
 * Defines a write over a record store: committed once by its key, undone from before-images. This is the whole of
 * what most desks need; use {@link defineTool} for systems that bring their own keys.
 */
export function defineRecordTool<Input>(definition: RecordToolDefinition<Input>): Tool {
  const { preview, ...rest } = definition;
  return defineTool<Input>({
    ...rest,
    effect: 'write',
    ...recordEffect(definition),
    ...(preview === undefined
      ? {}
      : { preview: preview === 'records' ? (call) => previewRecords(definition, call) : preview }),
  });
}
