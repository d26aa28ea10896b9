import type { JsonObject } from '../../contract/json.ts';
import { numberOf, objectsIn, textOf, wordsOf } from './content.ts';
import { openAiChat } from './openai-chat.ts';
import {
  argumentsText,
  chunksOf,
  sentEvent,
  usageOf,
  type DialectPort,
  type NumberedStep,
  type VendorMessage,
} from './vendor-step.ts';

function messageOf(item: JsonObject): VendorMessage {
  switch (wordsOf(item['type'])) {
    case 'function_call':
      return { role: 'assistant', text: `${wordsOf(item['name'])} ${wordsOf(item['arguments'])}` };
    case 'function_call_output':
      return { role: 'tool', text: textOf(item['output']) };
    default:
      return { role: item['role'] === 'assistant' ? 'assistant' : 'user', text: textOf(item['content']) };
  }
}

function isSystem(item: JsonObject): boolean {
  return ['system', 'developer'].includes(wordsOf(item['role']));
}

function textItem({ step, number }: NumberedStep): readonly JsonObject[] {
  if (step.text === undefined || step.text === '') return [];
  const content = [{ type: 'output_text', text: step.text, annotations: [], logprobs: [] }];
  return [{ type: 'message', id: `msg_${String(number)}`, status: 'completed', role: 'assistant', content }];
}

function callItems({ step, number }: NumberedStep): readonly JsonObject[] {
  return (step.calls ?? []).map((call, index) => ({
    type: 'function_call',
    id: `fc_${String(number)}_${String(index)}`,
    call_id: `call_${String(number)}_${String(index)}`,
    status: 'completed',
    name: call.name,
    arguments: argumentsText(call.arguments),
  }));
}

function responseOf(answer: NumberedStep, output: readonly JsonObject[]): JsonObject {
  const { input, output: written } = usageOf(answer.step);
  const { finish } = answer.step;
  const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
  return {
    id: `resp_${String(answer.number)}`,
    object: 'response',
    created_at: 1,
    model: answer.model,
    status: finish === undefined ? 'completed' : 'incomplete',
    incomplete_details: finish === undefined ? null : { reason },
    error: null,
    output: [...output],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: written,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + written,
    },
  };
}

/** OpenAI's responses. */
export const openAiResponses: DialectPort = {
  read: (_path, body) => {
    const items = objectsIn(body['input']);
    return {
      model: wordsOf(body['model']),
      stream: body['stream'] === true,
      system: [
        wordsOf(body['instructions']),
        ...items.filter(isSystem).map((one) => textOf(one['content'])),
      ].join(''),
      messages: items.filter((one) => !isSystem(one)).map(messageOf),
      tools: objectsIn(body['tools']).map((tool) => wordsOf(tool['name'])),
      temperature: numberOf(body['temperature']),
    };
  },
  whole: (answer) => responseOf(answer, [...textItem(answer), ...callItems(answer)]),
  pieces: (answer) => {
    let sequence = 0;
    const event = (type: string, more: JsonObject): string => {
      sequence += 1;
      return sentEvent({ type, sequence_number: sequence, ...more }, type);
    };
    const items = [...textItem(answer), ...callItems(answer)];
    const spoken = items.flatMap((item, index) => {
      const place = { output_index: index, item_id: wordsOf(item['id']) };
      const isText = item['type'] === 'message';
      const begun = isText ? { ...item, status: 'in_progress', content: [] } : { ...item, arguments: '' };
      const deltas = isText
        ? chunksOf(answer.step.text ?? '').map((delta) =>
            event('response.output_text.delta', { ...place, content_index: 0, delta, logprobs: [] }),
          )
        : [event('response.function_call_arguments.delta', { ...place, delta: wordsOf(item['arguments']) })];
      return [
        event('response.output_item.added', { output_index: index, item: begun }),
        ...deltas,
        event('response.output_item.done', { output_index: index, item }),
      ];
    });
    const created = event('response.created', {
      response: { ...responseOf(answer, []), status: 'in_progress', usage: null },
    });
    const type = answer.step.finish === undefined ? 'response.completed' : 'response.incomplete';
    return [created, ...spoken, event(type, { response: responseOf(answer, items) })];
  },
  error: openAiChat.error,
};
