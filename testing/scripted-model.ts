import type { Model, ModelAnswer, ModelPart, ModelRequest } from '../activities/models/model.ts';
import type { JsonObject } from '../contract/json.ts';

/** One answer of a scripted model. */
export interface ModelStep {
  readonly text?: string;
  readonly calls?: readonly {
    readonly name: string;
    /** A text is taken as the model wrote it: arguments that are no JSON. */
    readonly arguments: JsonObject | string;
  }[];
  readonly finish?: ModelAnswer['finish'];
  readonly tokens?: ModelAnswer['tokens'];
}

/** A scripted model, and what this process has seen of it. */
export interface ScriptedModel {
  readonly model: Model;
  /** Every request, in order; a retry is one more. */
  readonly requests: readonly ModelRequest[];
  /** @throws an error that names steps left over, or requests beyond the last step */
  readonly assertComplete: () => void;
}

/**
 * A model that answers one step after the other, without a network. The place in the script is the number of answers
 * that stand in the request, so that any worker may ask, retries get the same step again, and every thread of every
 * case plays the script from its beginning.
 */
export function scriptedModel(
  name: string,
  steps: readonly (ModelStep | ((request: ModelRequest) => ModelStep))[],
): ScriptedModel {
  const requests: ModelRequest[] = [];
  const asked = new Set<number>();
  const model: Model = {
    name,
    call: (request) => {
      requests.push(request);
      const place = request.messages.filter((one) => one.role === 'assistant').length;
      asked.add(place);
      const step = steps[place];
      if (step === undefined) {
        const detail = `${name} is asked for answer ${String(place + 1)}; its script has ${String(steps.length)}`;
        return Promise.reject(new Error(detail));
      }
      const answer = answerOf(name, typeof step === 'function' ? step(request) : step, place);
      for (const part of answer.parts) if (part.kind === 'text') request.onText?.(part.text);
      return Promise.resolve(answer);
    },
  };
  return {
    model,
    requests,
    assertComplete: () => {
      const left = steps.map((_, place) => place).filter((place) => !asked.has(place));
      const beyond = [...asked].filter((place) => place >= steps.length);
      if (left.length + beyond.length === 0) return;
      const words = (places: readonly number[]): string =>
        places.map((place) => String(place + 1)).join(', ');
      throw new Error(
        `${name} was not asked for ${words(left) || 'nothing'} and beyond its script for ${words(beyond) || 'nothing'}`,
      );
    },
  };
}

function answerOf(name: string, step: ModelStep, place: number): ModelAnswer {
  const { text, calls = [], finish, tokens } = step;
  const parts: ModelPart[] = [
    ...(text === undefined ? [] : [{ kind: 'text' as const, text }]),
    ...calls.map((call, index) => ({
      kind: 'call' as const,
      id: `call-${String(place + 1)}-${String(index + 1)}`,
      name: call.name,
      arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
    })),
  ];
  return {
    parts,
    finish: finish ?? (calls.length > 0 ? 'calls' : 'stop'),
    served: name.slice(name.indexOf(':') + 1),
    tokens: tokens ?? { input: 100, output: 20 },
  };
}
