import { z } from 'zod';
import type { Agent, AgentDefinition, Answer, Turn } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import type { JsonObject } from '../../contract/json.ts';

type Written = NonNullable<Extract<Answer['intent'], { kind: 'transfer' }>['facts']>;

/** What the agents of tests accept: enough for a fact that crosses and one that must not. */
export const Facts = z.object({ topic: z.string().optional(), order: z.string().optional() });

/** An agent that does what a function says, with quick retries. */
export function agent(
  name: string,
  pool: string,
  run: (turn: Turn<JsonObject>) => Promise<Answer> | Answer,
  more: Partial<Omit<AgentDefinition<JsonObject>, 'name' | 'run'>> = {},
): Agent {
  return defineAgent<JsonObject>({
    name,
    version: '1.0.0',
    domain: 'test',
    scope: `does what the test says`,
    accepts: Facts,
    pool,
    retry: { attempts: 2, initialMs: 10, maximumMs: 20 },
    ...more,
    run,
  });
}

/** An answer to the user; the case then waits for them. */
export function reply(text: string): Answer {
  return { intent: { kind: 'reply', text } };
}

/** The end of a case. */
export function finish(outcome = 'done', text?: string): Answer {
  return { intent: { kind: 'finish', outcome, ...(text === undefined ? {} : { text }) } };
}

/** A transfer to another agent. */
export function transfer(to: string, facts: Written = {}, reasonCode = 'next'): Answer {
  return { intent: { kind: 'transfer', to, reasonCode, explanation: `${to} is next`, facts } };
}

/** Calls of tools, named `c1`, `c2` ... in their order. */
export function call(...calls: readonly { readonly tool: string; readonly arguments: Written }[]): Answer {
  return {
    intent: { kind: 'call', calls: calls.map((one, index) => ({ id: `c${String(index + 1)}`, ...one })) },
  };
}
