import { setTimeout } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { call, finish, replyWith, transferWith } from './drill-answers.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { ask, defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { Tool } from '../../activities/tool.ts';
import { ACKNOWLEDGE_AFTER_MS } from '../../contract/limits.ts';

/** Short, so that a drill can come to it. */
const SHOWN_WITHIN_MS = 400;

/** The first has written by the time that the other one is too late. */
const SEVERAL = [
  { id: 'first', to: 'back', reasonCode: 'to-note', question: 'Would you note it?' },
  {
    id: 'second',
    to: 'last',
    reasonCode: 'to-know',
    question: 'What do you know of it?',
    limits: { ms: 2 * SHOWN_WITHIN_MS },
  },
];

const desk = people('desk', { ann: { roles: ['lead'] }, bob: { roles: [] } });
const Order = z.object({ order: z.string().optional() });

/**
 * A team that fails on request: `front` does what its user's last word says, and what is out of order works again for
 * a case once it is mended.
 * @param isMended whether somebody has put things right for a case
 */
export function drillTeam(isMended: (caseId: string) => boolean): Team {
  const back = defineAgent({
    name: 'back',
    version: '1.0.0',
    domain: 'drill',
    scope: 'Takes an order that is right',
    accepts: Order,
    tools: [note()],
    declines: (turn) =>
      turn.facts.order === 'right' || isMended(turn.caseId) ? undefined : 'the order is wrong',
    run: (turn) => {
      if (turn.asked && turn.answers.length === 0) return call('note');
      if (turn.asked) return replyWith(`noted for ${turn.asked.by}`);
      return turn.unanswered.at(-1)?.text === 'end' ? finish('ended') : replyWith('back has it');
    },
  });
  const relay = defineAgent({
    name: 'relay',
    version: '1.0.0',
    domain: 'drill',
    scope: 'Hands on at once what it is given',
    accepts: Order,
    run: (turn) => transferWith('last', { order: turn.facts.order ?? 'wrong' }),
  });
  const last = defineAgent({
    name: 'last',
    version: '1.0.0',
    domain: 'drill',
    scope: 'Comes late to its first turn, and takes its time',
    accepts: Order,
    retry: { attempts: 2, initialMs: 3 * SHOWN_WITHIN_MS },
    run: async (turn) => {
      if (turn.unanswered.at(-1)?.text === 'end') return finish('ended');
      if (turn.attempt === 1) throw new Error('last is not there yet');
      await setTimeout(10 * ACKNOWLEDGE_AFTER_MS);
      return replyWith('last has it');
    },
  });
  const front = defineAgent({
    name: 'front',
    version: '1.0.0',
    domain: 'drill',
    scope: 'Does what it is told',
    accepts: Order,
    tools: [note(), stubborn(isMended), broken()],
    retry: { attempts: 2, initialMs: 10, maximumMs: 20 },
    run: (turn) => {
      const word = turn.unanswered.at(-1)?.text ?? '';
      const [notice] = turn.notices;
      if (notice?.kind === 'review-decided') return replyWith(`${notice.decision}, it is said`);
      if (turn.answers.length > 0) return replyWith('noted');
      switch (word) {
        case 'fail':
          if (isMended(turn.caseId) || turn.facts.order === 'right') return finish('mended');
          throw new Error('front is out of order');
        case 'hand over':
          return transferWith('back', { order: turn.facts.order ?? 'wrong' });
        case 'pass on':
          return transferWith('relay', { order: 'right' });
        case 'note':
          return call('note');
        case 'write':
          return call('note', 'stubborn', 'broken');
        case 'ask':
          return { intent: { kind: 'ask-review', question: 'May it?', subject: { word } } };
        case 'ask back':
          return {
            intent: { kind: 'ask', to: 'back', reasonCode: 'to-note', question: 'Would you note it?' },
          };
        case 'ask several':
          return { intent: { kind: 'fan-out', asks: SEVERAL } };
        case 'end':
          return finish('ended');
        default:
          return replyWith(`heard ${word}`);
      }
    },
  });
  return defineTeam({
    name: 'drill-desk',
    start: front,
    edges: [edge(front, back), edge(front, relay), edge(relay, last), escalate(front, desk)],
    asks: [ask(front, back), ask(front, last)],
    limits: { fallbacks: 0, hops: 5, shownWithinMs: SHOWN_WITHIN_MS },
  });
}

function note(): Tool {
  return defineTool({
    name: 'note',
    description: 'Writes a note, which can be taken back',
    input: z.object({}),
    effect: 'write',
    run: () => Promise.resolve({ kind: 'done', result: null }),
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
}

function stubborn(isMended: (caseId: string) => boolean): Tool {
  return defineTool({
    name: 'stubborn',
    description: 'Writes, and cannot be taken back until somebody mends it',
    input: z.object({}),
    effect: 'write',
    run: () => Promise.resolve({ kind: 'done', result: null }),
    undo: ({ caseId }) =>
      isMended(caseId)
        ? Promise.resolve({ kind: 'undone' })
        : Promise.reject(ApplicationFailure.nonRetryable('the counterpart is away')),
  });
}

function broken(): Tool {
  return defineTool({
    name: 'broken',
    description: 'Never works',
    input: z.object({}),
    effect: 'write',
    retry: { attempts: 1 },
    run: () => Promise.reject(new Error('out of order')),
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
}
