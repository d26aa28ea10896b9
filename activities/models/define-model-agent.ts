import type { CallAnswer } from '../../contract/activities.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Retry } from '../../contract/team.ts';
import type { Agent, AgentDefinition } from '../agent.ts';
import { defineAgent } from '../define-agent.ts';
import type { Model } from './model.ts';
import { listModels } from './model-list.ts';
import { takeModelTurn, type ModelUse } from './model-turn.ts';
import { promptOf, type Prompt } from './prompt.ts';

/** An agent with a model, as its author writes it. */
export interface ModelAgentDefinition<Facts extends JsonObject> extends Omit<AgentDefinition<Facts>, 'run'> {
  /** What the model is to do, in words; a text is version 1.0.0 of itself. */
  readonly instructions: Prompt | string;
  /** `vendor:model`, which settings of the worker may replace, or a model of one's own. */
  readonly model: string | Model;
  /**
   * Models that are asked in this order where the one before does not answer: retired, out of reach, refused the
   * request, or held its answer back. At most four; none when absent.
   */
  readonly fallback?: readonly (string | Model)[];
  /** Outcomes with which it may end a case; any short word when absent. */
  readonly outcomes?: readonly string[];
  /** 0 when absent, so that routing is as steady as the model lets it be; `null` for models that know none. */
  readonly temperature?: number | null;
  /** Tokens of one answer; 2,048 when absent. */
  readonly maxOutputTokens?: number;
  /** Silence of the model after which an attempt is given up, in milliseconds; 60,000 when absent. */
  readonly idleMs?: number;
  /** Facts that an answer of a tool establishes: they reach the next owner without passing through the model. */
  readonly learn?: (answer: CallAnswer) => JsonObject;
}

/**
 * Defines an agent that a model takes through its turns, behind the same port as any other: instructions, tools and
 * ways out are offered to the model, and what it chooses becomes an intent. One turn is one call of the model; its
 * tools are called by the case. The worker needs a context store.
 */
export function defineModelAgent<Facts extends JsonObject>(definition: ModelAgentDefinition<Facts>): Agent {
  const { instructions, learn } = definition;
  const agent = defineAgent<Facts>({
    turnTimeoutMs: 180_000,
    ...definition,
    retry: { ...modelRetry(), ...definition.retry },
    run: () => {
      const detail = `${definition.name} has a model, and takes its turns in a worker only`;
      throw new BatonError(failure('AGENT_FAILED', detail));
    },
  });
  const prompt = typeof instructions === 'string' ? promptOf(instructions) : instructions;
  const use: ModelUse = {
    agent: definition.name,
    prompt,
    tools: agent.tools,
    outcomes: definition.outcomes,
    temperature: definition.temperature === null ? undefined : (definition.temperature ?? 0),
    maxOutputTokens: definition.maxOutputTokens ?? 2_048,
    idleMs: definition.idleMs ?? 60_000,
    learn: (turn) => Object.assign({}, ...turn.answers.map((answer) => learn?.(answer) ?? {})) as JsonObject,
    models: listModels(definition.name, [definition.model, ...(definition.fallback ?? [])]),
  };
  return {
    ...agent,
    prompt,
    models: use.models.names,
    take: (turn, surroundings) => takeModelTurn(use, turn, surroundings),
  };
}

/** A vendor that is out of breath gets more time than a function that threw. */
function modelRetry(): Partial<Retry> {
  return { attempts: 5, initialMs: 1_000, backoff: 2, maximumMs: 30_000 };
}
