import { randomUUID } from 'node:crypto';
import type { Turn } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { Model, ModelAnswer } from '../../activities/models/model.ts';
import type { JsonObject } from '../../contract/json.ts';
import {
  answerOfThought,
  scriptedAgent,
  spokenThought,
  startVendorServer,
  untilStopped,
  type AgentSubject,
  type Mind,
  type VendorServer,
  type VendorStep,
} from '../../testing/index.ts';

/** All that an agent by rules can see. */
function seenIn(turn: Turn<JsonObject>): string {
  return JSON.stringify({ ...turn, signal: undefined });
}

/** An agent by rules. */
export const byRules: AgentSubject = {
  free: true,
  open: (role, mind) => ({
    agent: defineAgent({
      ...role,
      run: (turn) => {
        const thought = mind.next(seenIn(turn));
        return thought.kind === 'is-silent'
          ? untilStopped(turn.signal)
          : answerOfThought(thought, `call-${String(turn.number)}`);
      },
    }),
  }),
};

/** A scripted agent, whose script is what the mind thinks. */
export const scripted: AgentSubject = {
  free: true,
  instant: true,
  open: ({ name, ...role }, mind) => {
    const steps = Array.from(
      { length: 3 },
      () => (turn: Turn<JsonObject>) =>
        answerOfThought(mind.next(seenIn(turn)), `call-${String(turn.number)}`),
    );
    return { agent: scriptedAgent(name, steps, role).agent };
  },
};

/** An agent with a model in this process. */
export const withModel: AgentSubject = {
  open: (role, mind) => ({
    agent: defineModelAgent({ ...role, instructions: 'Help.', model: modelOf(mind) }),
  }),
};

function modelOf(mind: Mind): Model {
  return {
    name: 'test:mind-1',
    call: async ({ messages, signal }): Promise<ModelAnswer> => {
      const thought = mind.next(JSON.stringify(messages));
      if (thought.kind === 'is-silent') return untilStopped(signal);
      const spoken = spokenThought(thought);
      if (!spoken) throw new Error('it broke down');
      const { text, calls = [] } = spoken;
      return {
        parts: [
          ...(text === undefined ? [] : [{ kind: 'text' as const, text }]),
          ...calls.map((one) => ({
            kind: 'call' as const,
            id: randomUUID(),
            name: one.name,
            arguments: JSON.stringify(one.arguments),
          })),
        ],
        finish: calls.length > 0 ? 'calls' : 'stop',
        served: 'mind-1',
      };
    },
  };
}

/** A server of vendors' protocols with a mind behind it. */
export function serverOf(mind: Mind): Promise<VendorServer> {
  return startVendorServer({
    answer: ({ body }): VendorStep => {
      const thought = mind.next(JSON.stringify(body));
      if (thought.kind === 'is-silent') return { until: new Promise(() => undefined) };
      return spokenThought(thought) ?? { fault: { kind: 'status', status: 500 } };
    },
  });
}

/** An agent with the model of a vendor, over its protocol. */
export function withVendor(vendor: keyof VendorServer['vendors']): AgentSubject {
  return {
    open: async (role, mind) => {
      const { vendors, close } = await serverOf(mind);
      const agent = defineModelAgent({ ...role, instructions: 'Help.', model: `${vendor}:mind-1` });
      return { agent, models: { vendors }, close };
    },
  };
}
