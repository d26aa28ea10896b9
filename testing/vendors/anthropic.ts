import type { JsonObject } from '../../contract/json.ts';
import { numberOf, objectsIn, textOf, wordsOf } from './content.ts';
import {
  argumentsText,
  chunksOf,
  sentEvent,
  usageOf,
  type DialectPort,
  type NumberedStep,
  type VendorMessage,
} from './vendor-step.ts';

function messagesOf(message: JsonObject): readonly VendorMessage[] {
  const role = message['role'] === 'assistant' ? 'assistant' : 'user';
  if (typeof message['content'] === 'string') return [{ role, text: message['content'] }];
  return objectsIn(message['content']).map((part): VendorMessage => {
    switch (wordsOf(part['type'])) {
      case 'tool_result':
        return { role: 'tool', text: textOf(part['content']) };
      case 'tool_use':
        return { role, text: `${wordsOf(part['name'])} ${JSON.stringify(part['input'])}` };
      default:
        return { role, text: wordsOf(part['text']) };
    }
  });
}

function stopReason({ step }: NumberedStep): string {
  if (step.finish === 'length') return 'max_tokens';
  if (step.finish === 'filtered') return 'refusal';
  return step.calls && step.calls.length > 0 ? 'tool_use' : 'end_turn';
}

function blocksOf({ step, number }: NumberedStep): readonly JsonObject[] {
  const text = step.text === undefined || step.text === '' ? [] : [{ type: 'text', text: step.text }];
  const calls = (step.calls ?? []).map((call, index) => ({
    type: 'tool_use',
    id: `toolu_${String(number)}_${String(index)}`,
    name: call.name,
    // In one piece there is no writing arguments that are no JSON: they come as a text.
    input: call.arguments,
  }));
  return [...text, ...calls];
}

function messageOf(answer: NumberedStep, content: readonly JsonObject[]): JsonObject {
  const { input, output } = usageOf(answer.step);
  return {
    id: `msg_${String(answer.number)}`,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: [...content],
    stop_reason: stopReason(answer),
    stop_sequence: null,
    usage: { input_tokens: input, output_tokens: output },
  };
}

/** Anthropic's messages. */
export const anthropic: DialectPort = {
  read: (_path, body) => ({
    model: wordsOf(body['model']),
    stream: body['stream'] === true,
    system: textOf(body['system']),
    messages: objectsIn(body['messages']).flatMap(messagesOf),
    tools: objectsIn(body['tools']).map((tool) => wordsOf(tool['name'])),
    temperature: numberOf(body['temperature']),
  }),
  whole: (answer) => messageOf(answer, blocksOf(answer)),
  pieces: (answer) => {
    const event = (type: string, more: JsonObject): string => sentEvent({ type, ...more }, type);
    const { input, output } = usageOf(answer.step);
    const blocks = blocksOf(answer).flatMap((block, index) => {
      const isText = block['type'] === 'text';
      const begun = isText ? { type: 'text', text: '' } : { ...block, input: {} };
      const call = isText ? undefined : answer.step.calls?.[index - (answer.step.text ? 1 : 0)];
      const deltas = isText
        ? chunksOf(wordsOf(block['text'])).map((text) => ({ type: 'text_delta', text }))
        : [{ type: 'input_json_delta', partial_json: argumentsText(call?.arguments ?? {}) }];
      return [
        event('content_block_start', { index, content_block: begun }),
        ...deltas.map((delta) => event('content_block_delta', { index, delta })),
        event('content_block_stop', { index }),
      ];
    });
    const message = {
      ...messageOf(answer, []),
      stop_reason: null,
      usage: { input_tokens: input, output_tokens: 1 },
    };
    return [
      event('message_start', { message }),
      ...blocks,
      event('message_delta', {
        delta: { stop_reason: stopReason(answer), stop_sequence: null },
        usage: { output_tokens: output },
      }),
      event('message_stop', {}),
    ];
  },
  error: (status, message, code) => ({
    type: 'error',
    error: { type: code ?? (status === 429 ? 'rate_limit_error' : 'api_error'), message },
  }),
};
