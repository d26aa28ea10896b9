import type { Agent } from '../../activities/agent.ts';
import { defineModelAgent, type ModelAgentDefinition } from '../../activities/models/define-model-agent.ts';
import { promptFromFile } from '../../activities/models/prompt.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { billingRole } from './agents/billing.ts';
import { legalRole } from './agents/legal.ts';
import { technicalRole } from './agents/technical.ts';
import { triageRole } from './agents/triage.ts';
import type { Role } from './role.ts';
import type { DeskAgents } from './team.ts';

/** Version of the prompts; their digest says whether they are what it promises. */
const PROMPTS = '1.0.0';

/** Name of the team, and of the queue of its cases. */
export const DESK_WITH_MODELS = 'support-desk-with-models';

/** Models by agent, each of another vendor: whatever works with all of them leans on none. */
export const DESK_MODELS: Readonly<Record<keyof DeskAgents, string>> = {
  triage: 'openai:gpt-4.1-mini-2025-04-14',
  billing: 'anthropic:claude-sonnet-4-5-20250929',
  technical: 'google:gemini-2.5-flash',
  legal: 'openai-chat:gpt-4.1-2025-04-14',
};

/**
 * The desk's agents with models: the same roles, tools, authority and edges as by rules. Which model an agent gets,
 * settings of the worker may say (`BATON_MODELS`).
 */
export function agentsWithModels(records: RecordStore): DeskAgents {
  return {
    triage: thinking(triageRole(records), {
      outcomes: ['answered'],
      // The card number reaches billing without a model copying it.
      learn: ({ tool, answer }) =>
        tool === 'find-customer' && answer.kind === 'done' && isJsonObject(answer.result)
          ? answer.result
          : {},
    }),
    billing: thinking(billingRole(records), {
      outcomes: ['refunded', 'credited', 'answered'],
      learn: ({ tool, answer }) =>
        tool === 'refund-charge' && answer.kind === 'done' ? only(answer.result, 'refundId') : {},
    }),
    technical: thinking(technicalRole(records), {
      outcomes: ['line-restored', 'technician-booked', 'answered'],
    }),
    legal: thinking(legalRole(records), { outcomes: ['answered'] }),
  };
}

function thinking<Facts extends JsonObject>(
  role: Role<Facts>,
  more: Pick<ModelAgentDefinition<Facts>, 'outcomes' | 'learn'>,
): Agent {
  const { name } = role;
  return defineModelAgent({
    ...role,
    // A pool of its own: workers of the desk by rules know nothing of this team.
    pool: `${name}-with-model`,
    model: DESK_MODELS[name as keyof DeskAgents],
    instructions: promptFromFile(new URL(`./prompts/${name}.md`, import.meta.url), PROMPTS),
    ...more,
  });
}

function only(result: unknown, name: string): JsonObject {
  const value = isJsonObject(result) ? result[name] : undefined;
  return value === undefined ? {} : { [name]: value };
}
