import { z } from 'zod';
import type { Answer } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, escalate, people, peopleOfDirectory, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool } from '../../activities/tool.ts';
import type { PeopleDirectory } from '../../contract/ports.ts';
import type { Approval } from '../../contract/team.ts';
import { call, finish, replyWith } from './drill-answers.ts';

const waiting = { reminders: [300], escalation: [{ afterMs: 600, pool: 'night' }] };
const board = people('board', { bea: { roles: ['director'] } });
// Short, so that every claim asks.
const night = peopleOfDirectory('night', {}, { claimFreshMs: 1, waiting: { reminders: [400] } });
const desk = peopleOfDirectory('desk', { afterHours: 'night' });

/** The desk is closed, and eve works at night. */
export const nightShift: PeopleDirectory = {
  consult: ({ pool, from, intervals }) =>
    Promise.resolve({
      people: pool === 'night' ? { eve: { roles: [] } } : { dan: { roles: [] } },
      open: pool === 'night',
      instants: intervals.map((ms) => new Date(Date.parse(from) + ms).toISOString()),
      ...(pool === 'night' ? { assigned: 'eve' } : { opensAt: '2090-01-01T00:00:00.000Z' }),
    }),
};

/** A team whose work is decided by people: after a time to take it back, by those asked as well, or proven. */
export function peopleTeam(): Team {
  const front = defineAgent({
    name: 'front',
    version: '1.0.0',
    domain: 'drill',
    scope: 'Does what it is told',
    accepts: z.object({}),
    tools: [
      written('pay', { pool: 'board', expiresMs: 60_000, question: 'Pay?', undoMs: 500, waiting }),
      lend,
      owe,
      written('give', { pool: 'desk', expiresMs: 60_000, question: 'Give it away?', proof: 'proven' }),
    ],
    run: (turn) => {
      if (turn.asked) return turn.asked.question === 'less' ? lends(5) : replyWith('there is a need');
      const [answer] = turn.answers;
      if (answer) return replyWith(`${answer.tool}: ${answer.answer.kind}`);
      const word = turn.unanswered.at(-1)?.text ?? '';
      switch (word) {
        case 'pay':
        case 'give':
          return call(word);
        case 'owe':
          return { intent: { kind: 'call', calls: [{ id: 'c1', tool: 'owe', arguments: { amount: 7 } }] } };
        case 'lend':
          return lends(50);
        case 'human':
          return { intent: { kind: 'escalate', to: 'desk', reasonCode: 'asked', explanation: 'as told' } };
        case 'end':
          return finish('ended');
        default:
          return replyWith(`heard ${word}`);
      }
    },
  });
  return defineTeam({
    name: 'people-desk',
    start: front,
    edges: [escalate(front, desk), escalate(front, night), escalate(front, board)],
  });
}

const lend = defineTool({
  name: 'lend',
  description: 'Lends, and can be taken back',
  input: z.object({ amount: z.number() }),
  effect: 'write',
  approval: { pool: 'board', expiresMs: 60_000, question: 'Lend?' },
  run: () => Promise.resolve({ kind: 'done', result: null }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

const owe = defineTool({
  name: 'owe',
  description: 'Writes down what somebody owes, and can be taken back',
  input: z.object({ amount: z.number() }),
  effect: 'write',
  approval: { pool: 'board', expiresMs: 60_000, question: 'Write it down?' },
  preview: ({ input }) => Promise.resolve({ before: { owed: 0 }, after: { owed: input.amount } }),
  run: () => Promise.resolve({ kind: 'done', result: null }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

function lends(amount: number): Answer {
  return { intent: { kind: 'call', calls: [{ id: 'c1', tool: 'lend', arguments: { amount } }] } };
}

function written(name: string, approval: Approval): Tool {
  return defineTool({
    name,
    description: 'Writes, and can be taken back',
    input: z.object({}),
    effect: 'write',
    approval,
    run: () => Promise.resolve({ kind: 'done', result: null }),
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
}
