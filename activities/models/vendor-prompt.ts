import type {
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  SharedV3ProviderOptions,
} from '@ai-sdk/provider';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { ModelMessage, ModelPart, ModelRequest } from './model.ts';

type Assistant = Extract<LanguageModelV3Message, { role: 'assistant' }>;

/** The conversation as the provider interface wants it. */
export function vendorPrompt(
  model: string,
  request: Pick<ModelRequest, 'system' | 'messages'>,
): LanguageModelV3Prompt {
  return [
    { role: 'system', content: request.system },
    ...request.messages.map((message) => messageOf(model, message)),
  ];
}

function messageOf(model: string, message: ModelMessage): LanguageModelV3Message {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: message.text }] };
    case 'assistant': {
      // Signatures and thoughts are for the model that made them; after a change of model only words are left.
      const own = message.model === model;
      const parts = message.parts.filter((part) => own || part.kind !== 'thought');
      return { role: 'assistant', content: parts.map((part) => partOf(part, own)) };
    }
    case 'tool':
      return {
        role: 'tool',
        content: message.results.map(({ id, name, text, failed }) => ({
          type: 'tool-result',
          toolCallId: id,
          toolName: name,
          output: { type: failed ? 'error-text' : 'text', value: text },
        })),
      };
  }
}

function partOf(part: ModelPart, own: boolean): Assistant['content'][number] {
  const options =
    own && part.echo ? { providerOptions: part.echo as unknown as SharedV3ProviderOptions } : {};
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text, ...options };
    case 'thought':
      return { type: 'reasoning', text: part.text, ...options };
    case 'call':
      return {
        type: 'tool-call',
        toolCallId: part.id,
        toolName: part.name,
        input: argumentsOf(part.arguments),
        ...options,
      };
  }
}

/** Vendors take objects only: what a model wrote that is none comes back to it under a name. */
function argumentsOf(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return isJsonObject(value) ? value : { invalid: text };
  } catch {
    return { invalid: text };
  }
}
