import { z } from 'zod';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, call, finish, reply } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import type { CaseDriver } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] } });
const gates = createGates();

/** How often agents and people answered with these words. */
async function answersWith(driver: CaseDriver, words: string): Promise<number> {
  const { transcript } = await driver.view();
  return transcript.filter((one) => one.from.kind !== 'user' && one.text.includes(words)).length;
}

const heard = (texts: readonly { readonly text: string }[]): string =>
  `heard: ${texts.map((one) => one.text).join(', ')}`;

function duringCalls(): Journey {
  const slow = defineTool({
    name: 'slow',
    description: 'writes',
    input: z.object({}),
    effect: 'write',
    run: async ({ caseId }) => {
      await gates.pass(caseId);
      return { kind: 'done', result: null };
    },
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
  const only = agent(
    'only',
    pool,
    (turn) => {
      if (turn.unanswered.some((one) => one.text === 'bye')) return finish();
      return turn.answers.length === 0
        ? call({ tool: 'slow', arguments: {} })
        : reply(heard(turn.unanswered));
    },
    { tools: [slow] },
  );
  return {
    name: 'a message while a call runs is answered by the turn after it, once',
    team: defineTeam({ name: unique('during-calls'), start: only, edges: [escalate(only, desk)] }),
    play: async ({ open }) => {
      const driver = await open();
      await gates.reached(driver.id);
      await driver.say('and my order?');
      gates.open(driver.id);
      await driver.until((view) => view.stage === 'waiting-user');
      expect(await answersWith(driver, 'heard: Hello, and my order?')).toBe(1);
      await driver.say('bye');
      await driver.result();
      expect(await answersWith(driver, 'and my order?')).toBe(1);
    },
  };
}

function whileHumanOwned(answered: boolean): Journey {
  const only = agent('only', pool, (turn) =>
    turn.transfer ? finish('given back', heard(turn.unanswered)) : reply('well'),
  );
  const words = answered ? 'is not put to the agent again' : 'is answered by the agent that gets it back';
  return {
    name: `a message while people own the case, ${answered ? '' : 'not '}answered by them, ${words}`,
    team: defineTeam({ name: unique('human-owned'), start: only, edges: [escalate(only, desk)] }),
    play: async ({ open }) => {
      const driver = await open();
      await driver.until((view) => view.stage === 'waiting-user');
      await driver.send(MESSAGES.askForHuman, {});
      await driver.until((view) => view.stage === 'human');
      await driver.say('my order?');
      if (answered)
        await driver.send(MESSAGES.reply, { by: 'ann', messageId: 'a1', text: 'my order? on its way' });
      await driver.send(MESSAGES.giveBack, { by: 'ann', note: 'yours' });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'given back' } });
      expect(await answersWith(driver, 'my order?')).toBe(1);
      expect(await answersWith(driver, answered ? 'my order? on its way' : 'heard: my order?')).toBe(1);
    },
  };
}

function crossesWithTheEnd(): Journey {
  const only = agent('only', pool, async (turn) => {
    if (turn.number === 1) await gates.pass(`${turn.caseId} end`, turn.signal);
    return finish(`end ${String(turn.number)}`, heard(turn.unanswered));
  });
  return {
    name: 'a message that crosses with the end is answered before the case ends',
    team: defineTeam({ name: unique('crossing'), start: only, edges: [escalate(only, desk)] }),
    play: async ({ open }) => {
      const driver = await open();
      await gates.reached(`${driver.id} end`);
      await driver.say('one more thing');
      gates.open(`${driver.id} end`);
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'end 2' } });
      expect(await answersWith(driver, 'heard: Hello')).toBe(1);
      expect(await answersWith(driver, 'one more thing')).toBe(1);
    },
  };
}

function unreadByPeople(): Journey {
  const only = agent('only', pool, () => ({ intent: { kind: 'escalate', reasonCode: 'too-much' } }));
  return {
    name: 'a person does not end a case over a message that they have not read',
    team: defineTeam({ name: unique('unread'), start: only, edges: [escalate(only, desk)] }),
    play: async ({ open }) => {
      const driver = await open();
      await driver.until((view) => view.stage === 'human');
      await driver.send(MESSAGES.claim, { by: 'ann' });
      await driver.say('wait, it is worse');
      const end = { by: 'ann', outcome: 'settled', note: 'done' };
      const { code, message } = await driver.refused(MESSAGES.resolve, end);
      expect(code).toBe('MESSAGES_UNREAD');
      const { transcript } = await driver.view();
      const last = transcript.at(-1);
      expect(last?.text).toBe('wait, it is worse');
      expect(message).toContain(`message ${String(last?.sequence)} of the case`);
      await driver.send(MESSAGES.resolve, { ...end, seen: Number(last?.sequence) });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'settled' } });
    },
  };
}

describe('a message of the user is neither lost nor answered twice (T8)', () => {
  playJourneys([
    duringCalls(),
    whileHumanOwned(true),
    whileHumanOwned(false),
    crossesWithTheEnd(),
    unreadByPeople(),
  ]);
});
