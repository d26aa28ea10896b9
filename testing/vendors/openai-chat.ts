import { isJsonObject, type JsonObject } from '../../contract/json.ts';
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

function finishOf({ step }: NumberedStep): string {
  if (step.finish === 'length') return 'length';
  if (step.finish === 'filtered') return 'content_filter';
  return step.calls && step.calls.length > 0 ? 'tool_calls' : 'stop';
}

function usage({ step }: NumberedStep): JsonObject {
  const { input, output } = usageOf(step);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function callsOf({ step, number }: NumberedStep): readonly JsonObject[] {
  return (step.calls ?? []).map((call, index) => ({
    id: `call_${String(number)}_${String(index)}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call.arguments) },
  }));
}

/** OpenAI's chat completions, which every local server speaks too. */
export const openAiChat: DialectPort = {
  read: (_path, body) => {
    const messages = objectsIn(body['messages']);
    const isSystem = (one: JsonObject): boolean => ['system', 'developer'].includes(wordsOf(one['role']));
    return {
      model: wordsOf(body['model']),
      stream: body['stream'] === true,
      system: messages
        .filter(isSystem)
        .map((one) => textOf(one['content']))
        .join('\n'),
      messages: messages
        .filter((one) => !isSystem(one))
        .map((one) => ({ role: one['role'] as VendorMessage['role'], text: textOf(one['content']) })),
      tools: objectsIn(body['tools']).map((tool) =>
        isJsonObject(tool['function']) ? wordsOf(tool['function']['name']) : '',
      ),
      temperature: numberOf(body['temperature']),
    };
  },
  whole: (answer) => ({
    id: `chatcmpl-${String(answer.number)}`,
    object: 'chat.completion',
    created: 1,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.step.text ?? null,
          ...(answer.step.calls ? { tool_calls: [...callsOf(answer)] } : {}),
        },
        finish_reason: finishOf(answer),
      },
    ],
    usage: usage(answer),
  }),
  pieces: (answer) => {
    const chunk = (delta: JsonObject, more: JsonObject = {}): string =>
      sentEvent({
        id: `chatcmpl-${String(answer.number)}`,
        object: 'chat.completion.chunk',
        created: 1,
        model: answer.model,
        choices: [{ index: 0, delta, finish_reason: null, ...more }],
      });
    const begun = chunk({ role: 'assistant', content: '' });
    const text = chunksOf(answer.step.text ?? '').map((content) => chunk({ content }));
    const calls = callsOf(answer).map((call, index) => chunk({ tool_calls: [{ index, ...call }] }));
    const end = chunk({}, { finish_reason: finishOf(answer) });
    const counted = sentEvent({
      id: `chatcmpl-${String(answer.number)}`,
      object: 'chat.completion.chunk',
      created: 1,
      model: answer.model,
      choices: [],
      usage: usage(answer),
    });
    return [begun, ...text, ...calls, end, counted, sentEvent('[DONE]')];
  },
  error: (status, message, code) => ({
    error: {
      message,
      type: status === 429 ? 'rate_limit_error' : 'api_error',
      param: null,
      code: code ?? null,
    },
  }),
};
