import { z } from 'zod';
import { ask, defineTeam, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { fanOut, type FanOutOptions } from '../../activities/fan-outs.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { Agent, Answer, Turn } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Tool } from '../../activities/tool.ts';
import { scriptedModel } from '../../testing/scripted-model.ts';
import { agent, call, finish, reply } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { historyText } from '../support/ledger-of-history.ts';
import { memoryContext } from '../support/memory-context.ts';
import { askedFor, boundaries, OrderFacts, toldIn } from '../support/model-desk.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('fanned');
const message = { id: 'first', text: 'I want to go to Paris' };
const desk = people('desk', { ann: { roles: ['lead'] } });

/** Asks all of them at once, and finishes with what came of each. */
function lead(names: readonly string[], from?: Agent): Agent {
  const asksAll = (): Answer => ({
    intent: {
      kind: 'fan-out',
      asks: names.map((to) => ({ id: to, to, reasonCode: 'to-book', question: `Would you, ${to}?` })),
    },
  });
  const statuses = (turn: Turn<JsonObject>): string =>
    turn.answers.map(({ id, asked }) => `${id} ${asked?.status ?? '?'}`).join(', ');
  return (
    from ??
    agent('lead', pool, (turn) => (turn.answers.length === 0 ? asksAll() : finish('asked', statuses(turn))))
  );
}

function teamOf(
  workers: readonly Agent[],
  options: FanOutOptions & { readonly lead?: Agent } = {},
): ReturnType<typeof defineTeam> {
  const { lead: own, ...rest } = options;
  const start = lead(
    workers.map((one) => one.name),
    own,
  );
  return defineTeam({
    name: unique('fan-outs'),
    start,
    agents: workers,
    asks: workers.map((one) => ask(start, one)),
    fanOuts: [fanOut(start, rest)],
    edges: [escalate(start, desk)],
  });
}

/** Resolves for all of a case at once, as soon as so many have come: whoever works alone waits for ever. */
function meeting(of: number): (caseId: string) => Promise<void> {
  const waiting = new Map<string, (() => void)[]>();
  return (caseId) =>
    new Promise((resolve) => {
      const all = [...(waiting.get(caseId) ?? []), resolve];
      waiting.set(caseId, all);
      if (all.length >= of) for (const one of all) one();
    });
}

/** Books something for a case, and takes it back; what is booked stands in the list. */
function booking(booked: Map<string, string[]>, what: string): Tool {
  return defineTool({
    name: `book-${what}`,
    description: `Books a ${what}`,
    input: z.object({}),
    effect: 'write',
    run: ({ caseId }) => {
      booked.set(caseId, [...(booked.get(caseId) ?? []), what]);
      return Promise.resolve({ kind: 'done', result: { booked: what } });
    },
    undo: ({ caseId }) => {
      booked.set(caseId, [...(booked.get(caseId) ?? []), `no ${what}`]);
      return Promise.resolve({ kind: 'undone' });
    },
  });
}

function sideBySide(): Journey {
  const meet = meeting(3);
  const workers = ['north', 'south', 'east'].map((name) =>
    agent(name, pool, async (turn) => {
      await meet(turn.caseId);
      return reply(`${name} says yes`);
    }),
  );
  return {
    name: 'three are asked at once and work at the same time; the answers come in the order asked',
    team: teamOf(workers),
    play: async ({ open, bed }) => {
      const driver = await open({ message });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'asked' }, path: ['lead'], hops: 0 });
      const { transcript } = await driver.view();
      expect(transcript.map((one) => one.text)).toEqual([
        message.text,
        'north answered, south answered, east answered',
      ]);
      const history = await historyText(bed.client, driver.id);
      expect(history).toContain('lead asks south (2 of 3, 3 needed): to-book, turn 3');
      expect((await boundaries(driver)).filter((one) => one.startsWith('fan-out'))).toEqual([
        'fan-out-opened',
        'fan-out-decided',
        'fan-out-ended',
      ]);
    },
  };
}

function takenBack(): Journey {
  const booked = new Map<string, string[]>();
  const done = meeting(2);
  const books = (what: string): Agent =>
    agent(
      what,
      pool,
      async (turn) => {
        if (turn.answers.length === 0) return call({ tool: `book-${what}`, arguments: {} });
        await done(turn.caseId);
        return reply(`${what} booked`);
      },
      { tools: [booking(booked, what)] },
    );
  const hotel = agent(
    'hotel',
    pool,
    async (turn) => {
      await done(turn.caseId);
      throw new Error('the hotel is closed');
    },
    { retry: { attempts: 1 } },
  );
  return {
    name: 'one of three cannot: what the others have booked is taken back, and the asker is told so',
    team: teamOf([books('flight'), hotel]),
    play: async ({ open }) => {
      const driver = await open({ message });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'asked' } });
      const { effects, transcript } = await driver.view();
      expect(booked.get(driver.id)).toEqual(['flight', 'no flight']);
      expect(effects).toMatchObject([{ agent: 'flight', status: 'undone', askedFor: ['a1'] }]);
      expect(transcript.at(-1)?.text).toMatch(/^flight (answered|withdrawn), hotel failed$/);
    },
  };
}

function firstOfTwo(): Journey {
  const quick = agent('quick', pool, () => reply('at once'));
  const slow = agent(
    'slow',
    pool,
    (turn) =>
      new Promise((_resolve, reject) => {
        turn.signal.addEventListener('abort', () => {
          reject(turn.signal.reason as Error);
        });
      }),
  );
  return {
    name: 'where any one is enough, the others are stopped',
    team: teamOf([slow, quick], { need: 'any', rest: 'stop' }),
    play: async ({ open }) => {
      const driver = await open({ message });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'asked' } });
      expect((await driver.view()).transcript.at(-1)?.text).toBe('slow withdrawn, quick answered');
    },
  };
}

function cancelledAmong(): Journey {
  const booked = new Map<string, string[]>();
  const flight = agent(
    'flight',
    pool,
    (turn) =>
      turn.answers.length === 0
        ? call({ tool: 'book-flight', arguments: {} })
        : new Promise<Answer>((_resolve, reject) => {
            turn.signal.addEventListener('abort', () => {
              reject(turn.signal.reason as Error);
            });
          }),
    { tools: [booking(booked, 'flight')] },
  );
  const asks = agent('asks', pool, () => ({
    intent: { kind: 'ask-review', question: 'May it?', subject: {}, expiresMs: 600_000 },
  }));
  return {
    name: 'cancelled while several are asked, a case takes back what they wrote',
    team: teamOf([flight, asks]),
    play: async ({ open }) => {
      const driver = await open({ message });
      const view = await driver.until(
        (one) => one.openReviews === 1 && one.effects.some(({ status }) => status === 'committed'),
      );
      expect(view.fanOuts).toMatchObject([{ id: 'f1', phase: 'asking', needed: 2 }]);
      expect(view.asks).toMatchObject([{ to: 'flight', fanOut: 'f1' }, { to: 'asks' }]);
      await driver.handle.cancel();
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' }, saga: 'compensated' });
      expect(booked.get(driver.id)).toEqual(['flight', 'no flight']);
    },
  };
}

function modelAsksTwo(): Journey {
  const question = (what: string): JsonObject => ({ reason_code: 'to-know', question: what });
  const script = scriptedModel('test:lead-1', [
    {
      text: 'I ask both.',
      calls: [
        { name: 'ask_billing', arguments: question('What was charged?') },
        { name: 'ask_legal', arguments: question('May we?') },
      ],
    },
    { calls: [{ name: 'finish', arguments: { outcome: 'known', text: '40 EUR, and we may.' } }] },
  ]);
  const model = defineModelAgent({
    name: 'lead',
    version: '1.0.0',
    domain: 'front-desk',
    scope: 'Asks those who know',
    accepts: OrderFacts,
    pool,
    instructions: 'Ask those who know.',
    model: script.model,
  });
  const billing = agent('billing', pool, () => reply('40 EUR'));
  const legal = agent('legal', pool, () => {
    throw new Error('out of office');
  });
  return {
    name: 'a model asks two in one answer, and is told how each of them stands',
    team: teamOf([billing, legal], { lead: model, need: 'any' }),
    play: async ({ open, bed }) => {
      const driver = await open({ message });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'known' } });
      const told = toldIn((await askedFor(driver, script)).at(-1));
      expect(told).toContain('40 EUR');
      expect(told).toContain('No answer: failed.');
      expect((await driver.view()).transcript.map((one) => one.text)).toEqual([
        message.text,
        'I ask both.',
        '40 EUR, and we may.',
      ]);
      expect(await historyText(bed.client, driver.id)).toContain(
        'lead asks legal (2 of 2, 1 needed): to-know',
      );
    },
  };
}

playJourneys([sideBySide(), takenBack(), firstOfTwo(), cancelledAmong(), modelAsksTwo()], {
  context: memoryContext(),
});
