import type { Answer } from '../../activities/agent.ts';
import { jsonOf } from '../../contract/canonical-json.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { VendorRequest, VendorStep } from '../../testing/index.ts';
import { DESK_MODELS } from './model-desk.ts';
import { filled, type ScriptedTurn } from './script.ts';

/**
 * What the desk's models say in a conversation, for a server of vendors' protocols: the script of the conversation,
 * with intents as the calls that models make. The place in it is the number of answers in the request, so that a
 * repeated request gets the same answer.
 * @throws an error for a model that is asked beyond its script
 */
export function answerOfModel(script: readonly ScriptedTurn[], request: VendorRequest): VendorStep {
  const [agent] = Object.entries(DESK_MODELS).find(([, name]) => name.endsWith(`:${request.model}`)) ?? [];
  const place = answersIn(request);
  const turn = script.filter((one) => one.agent === agent)[place];
  if (!turn) throw new Error(`${request.model} has no answer ${String(place + 1)} in the script`);
  const shown = request.messages.map((message) => message.text).join('\n');
  return stepOf(filled(turn.answer, shown));
}

/** Answers in a request: its parts in a row are one. */
function answersIn({ messages }: VendorRequest): number {
  return messages.filter(
    ({ role }, index) => role === 'assistant' && messages[index - 1]?.role !== 'assistant',
  ).length;
}

function stepOf({ say, intent }: Answer): VendorStep {
  const text = say === undefined ? {} : { text: say };
  switch (intent.kind) {
    case 'reply': {
      const { missing, text: question } = intent;
      return missing
        ? { ...text, calls: [{ name: 'clarify', arguments: { text: question, missing: jsonOf(missing) } }] }
        : { text: question };
    }
    case 'call':
      return { ...text, calls: intent.calls.map((call) => ({ name: call.tool, arguments: call.arguments })) };
    case 'transfer':
      return { ...text, calls: [{ name: `transfer_to_${intent.to}`, arguments: why(intent) }] };
    case 'ask': {
      const { reasonCode, question, facts = {}, to } = intent;
      const asked = { reason_code: reasonCode, question, facts };
      return { ...text, calls: [{ name: `ask_${to}`, arguments: asked }] };
    }
    case 'fan-out':
      return {
        ...text,
        calls: intent.asks.map(({ reasonCode, question, facts = {}, to }) => ({
          name: `ask_${to}`,
          arguments: { reason_code: reasonCode, question, facts },
        })),
      };
    case 'return':
      return { ...text, calls: [{ name: 'return_to_previous', arguments: why(intent) }] };
    case 'escalate': {
      const pool = intent.to === undefined ? {} : { pool: intent.to };
      return { ...text, calls: [{ name: 'escalate_to_human', arguments: { ...why(intent), ...pool } }] };
    }
    case 'finish': {
      const last = intent.text === undefined ? {} : { text: intent.text };
      return { calls: [{ name: 'finish', arguments: { outcome: intent.outcome, ...last } }] };
    }
    case 'ask-review':
      throw new Error('models ask people by escalating');
  }
}

function why(
  intent: Extract<Answer['intent'], { readonly kind: 'transfer' | 'return' | 'escalate' }>,
): JsonObject {
  const { reasonCode, explanation = reasonCode, facts, completed, remaining } = intent;
  return {
    reason_code: reasonCode,
    explanation,
    ...(intent.kind === 'transfer' && facts ? { facts } : {}),
    ...(completed ? { completed } : {}),
    ...(remaining ? { remaining } : {}),
  };
}
