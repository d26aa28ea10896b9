import type {
  JSONObject,
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import type { JsonObject } from '../../contract/json.ts';
import { watchIdle, type IdleWatch } from './idle-watch.ts';
import type { Model, ModelAnswer, ModelPart, ModelRequest, ModelTokens } from './model.ts';
import { AnswerBroken, modelFailure } from './model-failure.ts';
import { vendorPrompt } from './vendor-prompt.ts';

/**
 * A model over the provider interface of the AI SDK (specification v3). The providers are called directly, one
 * request a call and always streaming: the package above them would add its own loop, retries and a gateway, all of
 * which stand here in the workflow, in Temporal and in configuration.
 * @param apiKey never to be told to anybody, should the vendor quote it
 */
export function vendorModel(name: string, model: LanguageModelV3, apiKey: string | undefined): Model {
  return {
    name,
    call: async (request) => {
      const watch = watchIdle(request.signal, request.idleMs);
      try {
        const { stream } = await model.doStream(optionsOf(name, request, watch.signal));
        return await readAnswer(stream, request, watch, model.modelId);
      } catch (thrown) {
        throw modelFailure(thrown, { model: name, signal: request.signal, stalled: watch.stalled(), apiKey });
      } finally {
        watch.stop();
      }
    },
  };
}

function optionsOf(name: string, request: ModelRequest, signal: AbortSignal): LanguageModelV3CallOptions {
  return {
    prompt: vendorPrompt(name, request),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    tools: request.tools.map(({ name: tool, description, schema }) => ({
      type: 'function',
      name: tool,
      description,
      inputSchema: schema as Record<string, never>,
    })),
    toolChoice: { type: 'auto' },
    abortSignal: signal,
    // The conversation stands in the context store; the vendor need not keep it.
    providerOptions: { openai: { store: false } },
  };
}

/** Collects the pieces of an answer in the order in which they began. */
async function readAnswer(
  stream: ReadableStream<LanguageModelV3StreamPart>,
  request: ModelRequest,
  watch: IdleWatch,
  asked: string,
): Promise<ModelAnswer> {
  const parts = new Map<string, ModelPart>();
  // Not every vendor says which one it was.
  let served = asked;
  let end: { readonly reason: LanguageModelV3FinishReason; readonly usage: LanguageModelV3Usage } | undefined;
  for await (const part of stream) {
    watch.heard();
    switch (part.type) {
      case 'text-delta':
        append(parts, 'text', part);
        request.onText?.(part.delta);
        break;
      case 'reasoning-delta':
        append(parts, 'thought', part);
        break;
      case 'text-start':
      case 'text-end':
        append(parts, 'text', { ...part, delta: '' });
        break;
      case 'reasoning-start':
      case 'reasoning-end':
        append(parts, 'thought', { ...part, delta: '' });
        break;
      case 'tool-call':
        parts.set(`call ${part.toolCallId}`, {
          kind: 'call',
          id: part.toolCallId,
          name: part.toolName,
          arguments: part.input,
          ...echoOf(part.providerMetadata),
        });
        break;
      case 'response-metadata':
        served = part.modelId ?? served;
        break;
      case 'finish':
        end = { reason: part.finishReason, usage: part.usage };
        break;
      case 'error':
        throw part.error;
      case 'stream-start':
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-input-end':
      // Tools that vendors run themselves are never offered.
      case 'tool-result':
      case 'tool-approval-request':
      case 'file':
      case 'source':
      case 'raw':
        break;
    }
  }
  // A connection that was cut looks like an end without a reason.
  if (!end || (end.reason.raw === undefined && end.reason.unified === 'other'))
    throw new AnswerBroken('the answer ended without a reason to end');
  if (end.reason.unified === 'error') throw new AnswerBroken('the vendor ended the answer with an error');
  const tokens = tokensOf(end.usage);
  return {
    parts: [...parts.values()].filter((part) => part.kind === 'call' || part.text !== '' || part.echo),
    finish: finishOf(end.reason.unified),
    served,
    ...(tokens ? { tokens } : {}),
  };
}

function append(
  parts: Map<string, ModelPart>,
  kind: 'text' | 'thought',
  piece: { readonly id: string; readonly delta: string; readonly providerMetadata?: unknown },
): void {
  const key = `${kind} ${piece.id}`;
  const known = parts.get(key);
  const before = known && known.kind !== 'call' ? known : undefined;
  const echo = { ...before?.echo, ...(piece.providerMetadata as JsonObject | undefined) };
  parts.set(key, {
    kind,
    text: `${before?.text ?? ''}${piece.delta}`,
    ...(Object.keys(echo).length > 0 ? { echo } : {}),
  });
}

function echoOf(metadata: Record<string, JSONObject> | undefined): { readonly echo?: JsonObject } {
  return metadata === undefined ? {} : { echo: metadata };
}

function finishOf(unified: LanguageModelV3FinishReason['unified']): ModelAnswer['finish'] {
  switch (unified) {
    case 'stop':
      return 'stop';
    case 'tool-calls':
      return 'calls';
    case 'length':
      return 'length';
    case 'content-filter':
      return 'filtered';
    case 'error':
    case 'other':
      return 'other';
  }
}

function tokensOf({ inputTokens, outputTokens }: LanguageModelV3Usage): ModelTokens | undefined {
  if (inputTokens.total === undefined || outputTokens.total === undefined) return undefined;
  const { cacheRead = 0, cacheWrite = 0 } = inputTokens;
  return {
    input: inputTokens.total,
    output: outputTokens.total,
    ...(cacheRead > 0 ? { cacheRead } : {}),
    ...(cacheWrite > 0 ? { cacheWrite } : {}),
  };
}
