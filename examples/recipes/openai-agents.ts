/**
 * An agent built with the OpenAI Agents SDK behind Baton's agent port: its run stops where one of its models calls a
 * tool of the case, as runs of the SDK stop for approvals, and what was called is a proposal. Baton keeps what it was
 * told and said, so that it needs no session and no saved state of the run, and any worker may go on.
 */
import {
  ModelBehaviorError,
  RunContext,
  RunState,
  tool,
  type Agent,
  type AgentInputItem,
  type AgentOutputType,
  type CallModelInputFilter,
  type FunctionTool,
  type Runner,
} from '@openai/agents-core';
import type { Model, ModelAnswer, ModelMessage, ModelPart, ModelRequest } from '../../activities/index.ts';

/** Calls of models within one turn of the case. */
const MOST_TURNS = 10;

class NothingSaid extends Error {}

/** How the agent is made for one turn. */
export interface AgentRequest {
  /** What Baton tells every model of a case: put it before instructions of your own. */
  readonly instructions: string;
  /** Tools of the case: the agent's own, and `transfer_to_<agent>`, `escalate_to_human`, `finish`. */
  readonly tools: FunctionTool[];
  readonly temperature: number | undefined;
  readonly maxOutputTokens: number;
}

/**
 * An agent of the SDK as the model of an agent (`defineModelAgent`). It may have guardrails, tools of its own that only
 * read, and further agents of the SDK to hand over to: all of that is within one turn. Handing the case to another
 * agent of the team is a tool of the case, under the very name that the SDK gives its handoffs. Give its client
 * `maxRetries: 0`: the case tries again.
 * @param name `vendor:model`, as prices know it
 * @param build makes the agent for one turn
 * @param runner with the provider of models; tracing sends what is said to the vendor unless it is disabled
 */
export function modelOfAgent(
  name: string,
  build: (request: AgentRequest) => Agent<unknown, AgentOutputType>,
  runner: Runner,
): Model {
  return {
    name,
    call: async (request) => {
      const { system, temperature, maxOutputTokens, signal } = request;
      const tools = request.tools.map(proposed);
      const agent = build({ instructions: system, tools, temperature, maxOutputTokens });
      const input = request.messages.flatMap(itemsOf);
      const state = new RunState(new RunContext(), input, agent, MOST_TURNS);
      const callModelInputFilter: CallModelInputFilter = async (asked) => {
        // Asked for nothing new, a model that had nothing to say would be paid again and again.
        if (state._modelResponses.at(-1)?.output.length === 0) throw new NothingSaid();
        return (await runner.config.callModelInputFilter?.(asked)) ?? asked.modelData;
      };
      try {
        await runner.run(agent, state, { signal, callModelInputFilter });
      } catch (thrown) {
        // Nothing said, or a tool called that is not there: Baton tells the model, and counts how often.
        const isAnswer = thrown instanceof NothingSaid || thrown instanceof ModelBehaviorError;
        if (!isAnswer || state._modelResponses.length === 0) throw thrown;
      }
      return answerIn(state._modelResponses, name);
    },
  };
}

/** A tool that waits for a yes which never comes: the run ends with the call as an interruption. */
function proposed({ name, description, schema }: ModelRequest['tools'][number]): FunctionTool {
  const one = tool({
    name,
    description,
    strict: false,
    parameters: { ...schema, additionalProperties: true } as never,
    needsApproval: true,
    execute: () => {
      throw new Error(`${name} is for the case to do`);
    },
  });
  // The SDK writes names with underscores alone; those of the case are its own.
  return { ...one, name };
}

function itemsOf(message: ModelMessage): readonly AgentInputItem[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'tool':
      return message.results.map(({ id, name, text }) => ({
        type: 'function_call_result',
        callId: id,
        name,
        status: 'completed',
        output: { type: 'text', text },
      }));
    case 'assistant':
      return message.parts.flatMap((part): readonly AgentInputItem[] => {
        switch (part.kind) {
          case 'text':
            return [
              {
                role: 'assistant',
                status: 'completed',
                content: [{ type: 'output_text', text: part.text }],
              },
            ];
          case 'call':
            return [
              {
                type: 'function_call',
                callId: part.id,
                name: part.name,
                arguments: part.arguments,
                status: 'completed',
              },
            ];
          case 'thought':
            return [];
        }
      });
  }
}

type Response = Awaited<ReturnType<Runner['run']>>['rawResponses'][number];

/** What its last model said; tokens are those of all of them. */
function answerIn(responses: readonly Response[], name: string): ModelAnswer {
  const last = responses.at(-1);
  if (!last) throw new Error('the run ended without an answer of a model');
  const text = last.output
    .flatMap((item) => (item.type === 'message' && item.role === 'assistant' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('');
  const calls = callsIn(last.output);
  return {
    parts: [...(text === '' ? [] : [{ kind: 'text' as const, text }]), ...calls],
    finish: calls.length > 0 ? 'calls' : 'stop',
    served: name.slice(name.indexOf(':') + 1),
    tokens: {
      input: responses.reduce((sum, one) => sum + one.usage.inputTokens, 0),
      output: responses.reduce((sum, one) => sum + one.usage.outputTokens, 0),
    },
  };
}

function callsIn(items: Response['output']): readonly Extract<ModelPart, { kind: 'call' }>[] {
  return items.flatMap((item) =>
    item.type === 'function_call'
      ? [{ kind: 'call' as const, id: item.callId, name: item.name, arguments: item.arguments }]
      : [],
  );
}
