import { z } from 'zod';
import type { Agent, AgentDefinition, Answer, Turn } from '../activities/agent.ts';
import { defineAgent } from '../activities/define-agent.ts';
import type { JsonObject } from '../contract/json.ts';

/** One step of a script: an answer, or a function of the turn that makes one. */
export type ScriptStep = Answer | ((turn: Turn<JsonObject>) => Answer);

/** A scripted agent, and what this process has seen of it. */
export interface ScriptedAgent {
  readonly agent: Agent;
  /** Turns that this process gave the agent for a case, retries of one turn counted once. */
  readonly turns: (caseId: string) => readonly Turn<JsonObject>[];
  /**
   * Holds the script against what happened in a case. Sees only turns of this process: run the agent's pool in it.
   * @throws an error that names the steps left over, or the calls beyond the last step
   */
  readonly assertComplete: (caseId: string) => void;
}

/**
 * An agent that answers one step after the other, in the manner of scripted models. Agents are stateless, and any
 * worker may take any turn: so the place in the script is a fact of the case itself, in the agent's own memory. A
 * retried or replayed turn gets the same step again, in this process or another. A call beyond the last step throws.
 * @param more what the agent is to accept and may do; everything crosses and it has no tools when absent
 */
export function scriptedAgent(
  name: string,
  steps: readonly ScriptStep[],
  more: Partial<Omit<AgentDefinition<JsonObject>, 'name' | 'run'>> = {},
): ScriptedAgent {
  const place = `script-of-${name}`;
  const seen = new Map<string, Map<number, Turn<JsonObject>>>();
  const beyond = new Map<string, number>();
  const agent = defineAgent<JsonObject>({
    name,
    version: '1.0.0',
    domain: 'test',
    scope: 'plays a script',
    accepts: z.looseObject({}) as unknown as z.ZodType<JsonObject>,
    retry: { attempts: 1 },
    ...more,
    run: (turn) => {
      const done = turn.memory[place];
      const cursor = typeof done === 'number' ? done : 0;
      const step = steps[cursor];
      if (step === undefined) {
        beyond.set(turn.caseId, (beyond.get(turn.caseId) ?? 0) + 1);
        throw new Error(
          `${name} is asked for step ${String(cursor + 1)}; its script has ${String(steps.length)}`,
        );
      }
      const turns = seen.get(turn.caseId) ?? new Map<number, Turn<JsonObject>>();
      seen.set(turn.caseId, turns.set(cursor, turn));
      const answer = typeof step === 'function' ? step(turn) : step;
      return { ...answer, facts: { ...answer.facts, [place]: cursor + 1 } };
    },
  });
  const turnsOf = (caseId: string): readonly Turn<JsonObject>[] => [...(seen.get(caseId)?.values() ?? [])];
  return {
    agent,
    turns: turnsOf,
    assertComplete: (caseId) => {
      const taken = turnsOf(caseId).length;
      const extra = beyond.get(caseId) ?? 0;
      if (taken === steps.length && extra === 0) return;
      throw new Error(
        `${name} took ${String(taken)} of ${String(steps.length)} steps in ${caseId}` +
          (extra > 0 ? ` and was asked ${String(extra)} times more` : ''),
      );
    },
  };
}
