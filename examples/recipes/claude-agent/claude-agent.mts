/**
 * An agent built with the Claude Agent SDK behind Baton's agent port. Tools of the case are those of an MCP server in
 * this process, and a hook defers every call of them: the query ends, and what was called is a proposal. Baton keeps
 * what was told and said and tells all of it anew, so that the SDK keeps no session, and any worker may go on.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { query, type HookCallback, type Options, type SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Model, ModelAnswer, ModelMessage, ModelPart, ModelRequest } from '../../../activities/index.ts';

/** Name of the server of the case's tools; the SDK puts it before their names. */
const SERVER = 'case';
const PREFIX = `mcp__${SERVER}__`;
/** Calls of the model within one turn of the case. */
const MOST_TURNS = 10;

/**
 * The SDK's agent as the model of an agent (`defineModelAgent`). Each call starts the program of the SDK.
 * @param name `vendor:model`, as prices know it; the model's part goes to the SDK
 * @param environment of the program, such as `ANTHROPIC_API_KEY` and `ANTHROPIC_BASE_URL`; it gets `PATH` besides
 * @param more options of one's own, such as further MCP servers whose tools only read
 */
export function modelOfClaudeAgent(
  name: string,
  environment: Readonly<Record<string, string>>,
  more: Omit<Options, 'hooks' | 'env' | 'abortController' | 'systemPrompt' | 'model'> = {},
): Model {
  return {
    name,
    call: async (request) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'baton-claude-'));
      const abortController = new AbortController();
      const stop = (): void => {
        abortController.abort();
      };
      request.signal.addEventListener('abort', stop, { once: true });
      try {
        const asked = query({
          prompt: promptOf(request.messages),
          options: {
            maxTurns: MOST_TURNS,
            tools: [],
            settingSources: [],
            persistSession: false,
            strictMcpConfig: true,
            cwd: folder,
            ...more,
            model: name.slice(name.indexOf(':') + 1),
            systemPrompt: request.system,
            abortController,
            mcpServers: {
              ...more.mcpServers,
              [SERVER]: { type: 'sdk', name: SERVER, instance: serverOf(request) as never },
            },
            hooks: {
              PreToolUse: [{ matcher: `${PREFIX}.*`, hooks: [defer] }],
              PostToolBatch: [{ hooks: [stopAtUnknown] }],
            },
            env: {
              PATH: process.env['PATH'] ?? '',
              HOME: folder,
              CLAUDE_CONFIG_DIR: folder,
              CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
              // The case tries again.
              CLAUDE_CODE_MAX_RETRIES: '0',
              ...environment,
            },
          },
        });
        return await answerIn(asked, name);
      } finally {
        request.signal.removeEventListener('abort', stop);
        abortController.abort();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** A call of the case's tools ends the query before anything is done. */
const defer: HookCallback = () =>
  Promise.resolve({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'defer' } });

/** So does a call of one that the case does not have: Baton says so to the model, and counts how often. */
const stopAtUnknown: HookCallback = (input) =>
  Promise.resolve({
    continue: !(
      input.hook_event_name === 'PostToolBatch' &&
      input.tool_calls.some((call) => call.tool_name.startsWith(PREFIX))
    ),
  });

/** The case's tools, to be called by nobody. */
function serverOf({ tools }: ModelRequest): Server {
  const server = new Server({ name: SERVER, version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map(({ name, description, schema }) => ({
      name,
      description,
      inputSchema: { ...schema, type: 'object' as const },
      // Not behind a search: what may be done with the case is always in sight.
      _meta: { 'anthropic/alwaysLoad': true },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    throw new Error(`${params.name} is for the case to do`);
  });
  return server;
}

/** What was told and said so far, oldest first. Data in it stands between the marks that the system prompt names. */
function promptOf(messages: readonly ModelMessage[]): string {
  const [first, ...others] = messages;
  if (first?.role === 'user' && others.length === 0) return first.text;
  return [
    'What was told to you and said by you so far, oldest first:',
    ...messages.flatMap(linesOf),
    'Go on.',
  ].join('\n\n');
}

function linesOf(message: ModelMessage): readonly string[] {
  switch (message.role) {
    case 'user':
      return [`You were told:\n${message.text}`];
    case 'tool':
      return message.results.map(
        ({ name, text, failed }) => `${name} ${failed ? 'did not do it' : 'answered'}:\n${text}`,
      );
    case 'assistant':
      return message.parts.flatMap((part) => {
        switch (part.kind) {
          case 'text':
            return [`You said:\n${part.text}`];
          case 'call':
            return [`You called ${part.name} with ${part.arguments}`];
          case 'thought':
            return [];
        }
      });
  }
}

/** What its model said last; tokens are those of all calls. */
async function answerIn(messages: AsyncIterable<SDKMessage>, name: string): Promise<ModelAnswer> {
  let said: { readonly id: string; readonly parts: ModelPart[] } = { id: '', parts: [] };
  let served = name.slice(name.indexOf(':') + 1);
  for await (const message of messages) {
    if (message.type === 'assistant') {
      const { id, model, content } = message.message;
      if (message.error) throw new Error(`${name}: ${message.error}`);
      // Pieces of one answer come one by one, each under the id of the answer.
      if (said.id !== id) said = { id, parts: [] };
      said.parts.push(...content.flatMap(partsOf));
      served = model;
    }
    if (message.type !== 'result') continue;
    const calls = said.parts.filter((part) => part.kind === 'call');
    if (message.is_error && calls.length === 0)
      throw new Error(`${name}: ${message.subtype}${'result' in message ? `, ${message.result}` : ''}`);
    const usage = Object.values(message.modelUsage);
    return {
      parts: said.parts,
      finish: calls.length > 0 ? 'calls' : message.stop_reason === 'max_tokens' ? 'length' : 'stop',
      served,
      tokens: {
        input: usage.reduce((sum, one) => sum + one.inputTokens, 0),
        output: usage.reduce((sum, one) => sum + one.outputTokens, 0),
      },
    };
  }
  throw new Error(`${name}: the program ended without a result`);
}

type Block = Extract<SDKMessage, { type: 'assistant' }>['message']['content'][number];

function partsOf(block: Block): readonly ModelPart[] {
  if (block.type === 'text') return block.text === '' ? [] : [{ kind: 'text', text: block.text }];
  if (block.type !== 'tool_use') return [];
  const tool = block.name.startsWith(PREFIX) ? block.name.slice(PREFIX.length) : block.name;
  return [{ kind: 'call', id: block.id, name: tool, arguments: JSON.stringify(block.input) }];
}
