import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { agent, call, finish, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { createGates } from '../support/gates.ts';
import { playJourneys, type Journey } from '../journeys/journey.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] } });
const gates = createGates();
/** What the outside world saw, by case. */
const world: Record<string, string[]> = {};

const write = defineTool({
  name: 'write',
  description: 'writes',
  input: z.object({ by: z.string() }),
  effect: 'write',
  run: ({ caseId, input }) => {
    (world[caseId] ??= []).push(input.by);
    return Promise.resolve({ kind: 'done', result: null });
  },
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const writes = (by: string): ReturnType<typeof call> => call({ tool: 'write', arguments: { by } });

/**
 * F12: an agent that accepts a case and then takes longer than its timeout, on so many of its two attempts. Its
 * answers come when everything is over.
 */
function slow(attempts: 1 | 2): Journey {
  const late = new Map<string, Promise<void>>();
  const specialist = agent(
    'specialist',
    pool,
    async (turn) => {
      if (turn.answers.length > 0) return finish('by the specialist');
      if (turn.attempt <= attempts) {
        const name = `${turn.caseId} ${String(turn.attempt)}`;
        const waking = gates.pass(name);
        late.set(name, waking);
        await waking;
      }
      return writes('specialist');
    },
    { tools: [write], turnTimeoutMs: 400 },
  );
  const generalist = agent(
    'generalist',
    pool,
    (turn) => {
      if (turn.answers.length > 0) return finish('by the generalist');
      return turn.transfer?.flags?.includes('receiver-failed') === true
        ? writes('generalist')
        : transfer('specialist');
    },
    { tools: [write] },
  );
  const team = defineTeam({
    name: unique('slow'),
    start: generalist,
    edges: [edge(generalist, specialist), escalate(generalist, desk)],
  });
  const doer = attempts === 1 ? 'specialist' : 'generalist';
  return {
    name: `F12: slow on ${String(attempts)} of two attempts: the ${doer} does it, and nobody else`,
    team,
    play: async ({ open }) => {
      const driver = await open();
      const result = await driver.result();
      expect(result).toMatchObject({ outcome: { outcome: `by the ${doer}` }, saga: 'kept' });
      const { handoffs, effects } = await driver.view();
      expect(handoffs.map((one) => [one.verb, one.status, one.failure?.code])).toEqual(
        attempts === 1
          ? [['transfer', 'completed', undefined]]
          : [
              ['transfer', 'rolled-back', 'AGENT_FAILED'],
              ['return', 'completed', undefined],
            ],
      );
      // Now the slow attempts answer, and ask for a write that is no longer theirs to ask for.
      for (const attempt of [1, 2].slice(0, attempts)) gates.open(`${driver.id} ${String(attempt)}`);
      await Promise.all(late.values());
      expect(effects.map((one) => [one.agent, one.status])).toEqual([[doer, 'committed']]);
      expect(world[driver.id]).toEqual([doer]);
    },
  };
}

playJourneys([slow(1), slow(2)]);
