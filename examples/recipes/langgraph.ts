/**
 * An agent built with LangGraph behind Baton's agent port: the graph proposes, the case performs. What the graph is
 * asked and what it says is kept by Baton, so that it needs no checkpointer, and any worker may go on.
 */
import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type BaseMessage,
} from '@langchain/core/messages';
import type { Model, ModelAnswer, ModelMessage, ModelPart, ModelRequest } from '../../activities/index.ts';

/** A tool as chat models of LangChain bind it. Nothing runs it: a call of it ends the graph, and is a proposal. */
export interface GraphTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: Record<string, unknown>;
  };
}

/** A compiled graph over messages, such as one of `MessagesAnnotation`. */
export interface MessageGraph {
  readonly invoke: (
    state: { messages: BaseMessage[] },
    config: { signal: AbortSignal },
  ) => Promise<{ messages: BaseMessage[] }>;
}

/** How the graph is asked. */
export interface GraphRequest {
  /** Tools of the case: the agent's own, and `transfer_to_<agent>`, `escalate_to_human`, `finish`. Bind them. */
  readonly tools: readonly GraphTool[];
  readonly temperature: number | undefined;
  readonly maxOutputTokens: number;
}

/**
 * A graph as the model of an agent (`defineModelAgent`). It may have as many nodes, models and tools that only read as
 * it likes; it ends where one of its models calls a tool of the case, or has said what there is to say. Give its models
 * `maxRetries: 0`: the case tries again.
 * @param name `vendor:model`, as prices know it
 * @param build makes the graph for one turn
 */
export function modelOfGraph(name: string, build: (request: GraphRequest) => MessageGraph): Model {
  return {
    name,
    call: async (request) => {
      const { temperature, maxOutputTokens } = request;
      const tools = request.tools.map(({ name: tool, description, schema }): GraphTool => ({
        type: 'function',
        function: { name: tool, description, parameters: { ...schema } },
      }));
      const graph = build({ tools, temperature, maxOutputTokens });
      const told = messagesFor(request);
      const { messages } = await graph.invoke({ messages: told }, { signal: request.signal });
      return answerIn(messages.slice(told.length), name);
    },
  };
}

function messagesFor({ system, messages }: ModelRequest): BaseMessage[] {
  return [new SystemMessage(system), ...messages.flatMap(messageOf)];
}

function messageOf(message: ModelMessage): readonly BaseMessage[] {
  switch (message.role) {
    case 'user':
      return [new HumanMessage(message.text)];
    case 'tool':
      return message.results.map(
        ({ id, name, text, failed }) =>
          new ToolMessage({ tool_call_id: id, name, content: text, status: failed ? 'error' : 'success' }),
      );
    case 'assistant':
      return [
        new AIMessage({
          content: textOf(message.parts),
          tool_calls: message.parts.flatMap((part) =>
            part.kind === 'call' ? [{ id: part.id, name: part.name, args: argumentsOf(part.arguments) }] : [],
          ),
        }),
      ];
  }
}

function textOf(parts: readonly ModelPart[]): string {
  return parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

/** Arguments that were no JSON were refused in the turn that they came in: what stands here is read again. */
function argumentsOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { unreadable: text };
  }
}

/** What the graph's last model said; tokens are those of all of them. */
function answerIn(messages: readonly BaseMessage[], name: string): ModelAnswer {
  const spoken = messages.filter((one): one is AIMessage => AIMessage.isInstance(one));
  const last = spoken.at(-1);
  if (!last) throw new Error('the graph ended without a message of its own');
  const calls = [
    ...(last.tool_calls ?? []).map((call) => ({ ...call, written: JSON.stringify(call.args) })),
    // As the model wrote them: Baton tells it what was wrong.
    ...(last.invalid_tool_calls ?? []).map((call) => ({ ...call, written: call.args ?? '' })),
  ];
  const usage = spoken.flatMap((one) => tokensOf(one) ?? []);
  const { finish_reason: finish, model_name: served } = last.response_metadata as Record<string, unknown>;
  return {
    parts: [
      ...(last.text === '' ? [] : [{ kind: 'text' as const, text: last.text }]),
      ...calls.map(({ id, name: tool, written }) => ({
        kind: 'call' as const,
        id: id ?? crypto.randomUUID(),
        name: tool ?? '',
        arguments: written,
      })),
    ],
    finish: finish === 'length' ? 'length' : calls.length > 0 ? 'calls' : 'stop',
    served: typeof served === 'string' && served !== '' ? served : name,
    ...(usage.length > 0
      ? {
          tokens: {
            input: usage.reduce((sum, one) => sum + one.input_tokens, 0),
            output: usage.reduce((sum, one) => sum + one.output_tokens, 0),
          },
        }
      : {}),
  };
}

/** Its type depends on the version of the content; tokens are the same in all of them. */
function tokensOf(message: BaseMessage): { input_tokens: number; output_tokens: number } | undefined {
  return (message as { usage_metadata?: { input_tokens: number; output_tokens: number } }).usage_metadata;
}
