import type { CallToolResult } from '../mcp/connection.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { getOwn, isJsonObject, type JsonObject, type JsonValue } from '../contract/json.ts';
import { cutText } from '../contract/text.ts';
import { connectMcp, type McpConnection } from '../mcp/connection.ts';
import type { McpLocation } from '../mcp/location.ts';
import { offerDigest, withoutProperty, type McpOffer, type McpPins } from '../mcp/pins.ts';
import { defineTool } from './define-tool.ts';
import { zodOfJsonSchema } from './json-schema.ts';
import type { Tool, ToolAnswer, ToolCall, ToolDefinition } from './tool.ts';

/** Most text of a tool's error that an agent is told, in characters. */
const ERROR_CHARACTERS = 1_000;

/**
 * What a team declares of a tool of an MCP server. A server's own hints (`readOnlyHint`, `destructiveHint`) are not
 * believed: whoever offers a tool would judge its risk. What is left out counts as the worst: a write that nothing
 * undoes, which a team is refused for unless it waits for a person's yes.
 */
export interface McpToolDeclaration extends Pick<
  ToolDefinition<JsonObject>,
  'approval' | 'onFailure' | 'timeoutMs' | 'retry' | 'rate' | 'skill'
> {
  /** Name within the team; the server's, in lower case with hyphens, when absent. */
  readonly name?: string;
  /** `read` changes nothing; `write` when absent. */
  readonly effect?: 'read' | 'write';
  /**
   * The argument by which the server knows a request again: it gets the idempotency key, and agents do not see it. The
   * key also travels as `_meta["baton/idempotency-key"]`.
   */
  readonly keyArgument?: string;
  /**
   * What takes a write back. Its tool is called with the key of the write, also of one that may never have arrived,
   * and must leave a mark for that one, so that it is refused when it comes late (I5).
   */
  readonly undo?: {
    readonly tool: string;
    readonly arguments: (call: { readonly input: JsonObject; readonly key: string }) => JsonObject;
  };
  /**
   * What an answer with `isError` says: `refused`, that nothing was written and the agent may think again, when absent
   * of a read; `unknown`, that something may have been, when absent of a write, which is tried again and then undone.
   */
  readonly errorMeans?: 'refused' | 'unknown';
}

/** A server of the Model Context Protocol as a source of tools. */
export interface McpServer {
  /**
   * One tool of the server, under a declaration. Tools that nobody asks for here do not exist for the team.
   * @throws BatonError `MCP_PINS_INVALID` for a tool that was not pinned, `SCHEMA_INVALID` for one whose arguments no
   * JSON Schema says
   */
  readonly tool: (name: string, declaration?: McpToolDeclaration) => Tool;
  /** Ends the connection, for whoever opened the team (`openTeams`). */
  readonly close: () => Promise<void>;
}

/**
 * Tools of an MCP server behind the same declarations as a team's own (A5): effect, approval, undo, time, retries. The
 * team is built from pins, so no server is needed for it; at each call the server's offer is held against its pin, and
 * one that has changed, or is gone, is refused before anything is sent.
 */
export function defineMcpServer(definition: { readonly pins: McpPins; readonly at: McpLocation }): McpServer {
  const { pins } = definition;
  const connection = connectMcp(definition.at);
  return {
    tool: (name, declaration = {}) => {
      const offer = pinned(pins, name);
      const undo = declaration.undo;
      if (undo) pinned(pins, undo.tool);
      const { keyArgument } = declaration;
      const input = keyArgument === undefined ? offer.inputSchema : hideKey(name, offer, keyArgument);
      const effect = declaration.effect ?? 'write';
      const timeoutMs = declaration.timeoutMs ?? 10_000;
      const errorMeans = declaration.errorMeans ?? (effect === 'read' ? 'refused' : 'unknown');
      const ask = (tool: string, args: JsonObject, call: ToolCall<unknown>): Promise<CallToolResult> =>
        connection.call({ tool, arguments: args, key: call.key, signal: call.signal, timeoutMs });
      return defineTool<JsonObject>({
        name: declaration.name ?? nameOf(name),
        description: offer.description,
        input: zodOfJsonSchema<JsonObject>(input, `tools.${name}.inputSchema`),
        effect,
        timeoutMs,
        ...(declaration.approval ? { approval: declaration.approval } : {}),
        ...(declaration.onFailure ? { onFailure: declaration.onFailure } : {}),
        ...(declaration.retry ? { retry: declaration.retry } : {}),
        ...(declaration.rate ? { rate: declaration.rate } : {}),
        ...(declaration.skill === undefined ? {} : { skill: declaration.skill }),
        run: async (call) => {
          const changed = await whyNotAsPinned(connection, pins, name);
          if (changed !== undefined) return changed;
          const key = keyArgument === undefined ? {} : { [keyArgument]: call.key };
          return answerOf(name, await ask(name, { ...call.input, ...key }, call), errorMeans);
        },
        ...(undo
          ? {
              undo: async (call: ToolCall<JsonObject>) => {
                const changed = await whyNotAsPinned(connection, pins, undo.tool);
                // Not something to be silent about: the write stands until a person has seen to it (I4).
                if (changed?.kind === 'refused')
                  throw new BatonError(failure('MCP_TOOL_CHANGED', changed.message));
                const { input: given, key } = call;
                const result = await ask(undo.tool, undo.arguments({ input: given, key }), call);
                if (result.isError === true) throw new Error(`${undo.tool}: ${textOf(result)}`);
                return { kind: 'undone' as const };
              },
            }
          : {}),
      });
    },
    close: () => connection.close(),
  };
}

function pinned(pins: McpPins, name: string): McpPins['tools'][string] {
  const offer = getOwn(pins.tools, name);
  if (offer) return offer;
  const detail = `${JSON.stringify(name)} is not pinned; there are ${Object.keys(pins.tools).join(', ')}`;
  throw new BatonError(failure('MCP_PINS_INVALID', detail, 'tools'));
}

function hideKey(name: string, offer: McpOffer, keyArgument: string): JsonObject {
  const { properties } = offer.inputSchema;
  if (!isJsonObject(properties) || getOwn(properties, keyArgument) === undefined) {
    const detail = `${name} takes no argument ${JSON.stringify(keyArgument)} for its key`;
    throw new BatonError(failure('MCP_PINS_INVALID', detail, `tools.${name}.inputSchema`));
  }
  return withoutProperty(offer.inputSchema, keyArgument);
}

/** Servers name their tools as they like; within a team names are of one kind. */
function nameOf(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  return spaced.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-$/g, '');
}

/** Whether the server still offers what somebody looked at when it was pinned. */
async function whyNotAsPinned(
  connection: McpConnection,
  pins: McpPins,
  name: string,
): Promise<Extract<ToolAnswer, { kind: 'refused' }> | undefined> {
  const offer = (await connection.offers()).tools.get(name);
  if (offer && offerDigest(name, offer) === pins.tools[name]?.digest) return undefined;
  const message = offer
    ? `${name} is not the tool that was pinned: its description or schemas have changed`
    : `the server does not offer ${name} any more`;
  return { kind: 'refused', code: 'MCP_TOOL_CHANGED', message };
}

function answerOf(name: string, result: CallToolResult, errorMeans: 'refused' | 'unknown'): ToolAnswer {
  if (result.isError !== true) return { kind: 'done', result: resultOf(result) };
  const message = cutText(textOf(result), ERROR_CHARACTERS);
  if (errorMeans === 'refused') return { kind: 'refused', code: 'MCP_TOOL_ERROR', message };
  throw new Error(`${name}: ${message}`);
}

/** What agents get: the structured content, or the text; of other parts only that they were there. */
function resultOf(result: CallToolResult): JsonValue {
  if (result.structuredContent !== undefined) return result.structuredContent as JsonValue;
  const others = result.content.filter((part) => part.type !== 'text').map((part) => part.type);
  return { text: textOf(result), ...(others.length === 0 ? {} : { notShown: others }) };
}

function textOf(result: CallToolResult): string {
  return result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
