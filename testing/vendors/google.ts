import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { numberOf, objectsIn, textOf, wordsOf } from './content.ts';
import {
  chunksOf,
  sentEvent,
  usageOf,
  type DialectPort,
  type NumberedStep,
  type VendorMessage,
} from './vendor-step.ts';

function messagesOf(content: JsonObject): readonly VendorMessage[] {
  const role = content['role'] === 'model' ? 'assistant' : 'user';
  return objectsIn(content['parts']).map((part): VendorMessage => {
    const { functionCall, functionResponse } = part;
    if (isJsonObject(functionResponse))
      return { role: 'tool', text: JSON.stringify(functionResponse['response']) };
    if (isJsonObject(functionCall))
      return { role, text: `${wordsOf(functionCall['name'])} ${JSON.stringify(functionCall['args'])}` };
    return { role, text: wordsOf(part['text']) };
  });
}

function finishReason({ step }: NumberedStep): string {
  if (step.finish === 'length') return 'MAX_TOKENS';
  return step.finish === 'filtered' ? 'SAFETY' : 'STOP';
}

function answerWith(answer: NumberedStep, parts: readonly JsonObject[], last: boolean): JsonObject {
  const { input, output } = usageOf(answer.step);
  const usageMetadata = {
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: input + output,
  };
  return {
    candidates: [
      {
        content: { role: 'model', parts: [...parts] },
        index: 0,
        ...(last ? { finishReason: finishReason(answer) } : {}),
      },
    ],
    modelVersion: answer.model,
    responseId: `response-${String(answer.number)}`,
    ...(last ? { usageMetadata } : {}),
  };
}

function callParts({ step }: NumberedStep): readonly JsonObject[] {
  // This protocol has no text for arguments: what is no object cannot be said.
  return (step.calls ?? []).map((call) => ({
    functionCall: { name: call.name, args: typeof call.arguments === 'string' ? {} : call.arguments },
  }));
}

/** Google's generateContent and streamGenerateContent. */
export const google: DialectPort = {
  read: (path, body) => ({
    model: /models\/([^:/]+):/.exec(path)?.[1] ?? '',
    stream: path.includes(':streamGenerateContent'),
    system: isJsonObject(body['systemInstruction']) ? textOf(body['systemInstruction']['parts']) : '',
    messages: objectsIn(body['contents']).flatMap(messagesOf),
    tools: objectsIn(body['tools']).flatMap((group) =>
      objectsIn(group['functionDeclarations']).map((tool) => wordsOf(tool['name'])),
    ),
    temperature: isJsonObject(body['generationConfig'])
      ? numberOf(body['generationConfig']['temperature'])
      : undefined,
  }),
  whole: (answer) => {
    const text = answer.step.text ? [{ text: answer.step.text }] : [];
    return answerWith(answer, [...text, ...callParts(answer)], true);
  },
  pieces: (answer) => {
    const text = chunksOf(answer.step.text ?? '').map((piece) => ({ text: piece }));
    return [
      ...text.map((part) => sentEvent(answerWith(answer, [part], false))),
      sentEvent(answerWith(answer, callParts(answer), true)),
    ];
  },
  error: (status, message, code) => ({
    error: { code: status, message, status: code ?? (status === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL') },
  }),
};
