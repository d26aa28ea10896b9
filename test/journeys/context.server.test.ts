import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { Turn } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { defaultLimits } from '../../contract/limits.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type CaseHandle } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { memoryContext } from '../support/memory-context.ts';

const desk = people('desk', { ann: { roles: ['lead'] } });

/** Sizes of what a history holds: all of it, and the largest payload in it. */
async function sizesOf(handle: CaseHandle): Promise<{ readonly bytes: number; readonly largest: number }> {
  const { events } = await handle.fetchHistory();
  let bytes = 0;
  let largest = 0;
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) {
      bytes += value.length;
      largest = Math.max(largest, value.length);
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(events);
  return { bytes, largest };
}

test('a large fact and a long talk cross by reference: whole, measured on both sides, and not in the history', async () => {
  const pool = unique('pool');
  const document = `the clause nobody reads ${'x'.repeat(20_000)}`;
  const draft = `a draft that is long ${'y'.repeat(10_000)}`;
  let received: Turn<JsonObject> | undefined;
  const intake = agent('intake', pool, () => ({
    ...transfer('legal', { order: 'o-17', contract: document, secret: 'not for legal' }),
    recordsRead: ['orders/o-17'],
    workingMemory: { intent: 'is the clause void?', partialResults: { draft, scratch: 'of intake alone' } },
  }));
  const legal = agent(
    'legal',
    pool,
    (turn) => {
      received = turn;
      return finish('advised', 'You are right.');
    },
    {
      accepts: z.object({ order: z.string(), contract: z.string() }),
      workingMemory: { intent: true, recordsRead: true, partialResults: z.object({ draft: z.string() }) },
    },
  );
  const team = defineTeam({
    name: unique('desk'),
    start: intake,
    edges: [
      edge(intake, legal, {
        context: { summary: true, reference: ['order'], conversation: { kind: 'filtered', from: ['user'] } },
      }),
      escalate(legal, desk),
    ],
  });
  const context = memoryContext();
  const bed = await openBed({ teams: [team], context });
  try {
    const said = `I was charged twice and nobody calls me back. ${'It has been so for weeks now. '.repeat(60)}Why?`;
    const driver = await openCase(bed, team, { message: { id: 'm1', text: said } });
    await driver.result();
    expect(received?.facts).toEqual({ order: 'o-17', contract: document });
    expect(received?.conversation.map((message) => message.from.kind)).toContain('user');
    const [handoff] = (await driver.view()).handoffs;
    expect(handoff?.dropped).toEqual(['secret']);
    expect(received?.workingMemory).toEqual({
      intent: 'is the clause void?',
      recordsRead: ['orders/o-17'],
      partialResults: { draft },
    });
    expect(handoff?.memory).toEqual({
      crossed: { intent: true, recordsRead: 1, partialResults: ['draft'] },
      dropped: { partialResults: ['scratch'] },
    });
    expect(handoff?.context?.referenced).toEqual([...['order', 'contract', 'memory.partialResults.draft']]);
    expect(handoff?.context?.crossed).toBe(handoff?.context?.arrived);
    expect(handoff?.context?.summaryTokens).toBeGreaterThanOrEqual(200);
    expect(handoff?.context?.summaryTokens).toBeLessThanOrEqual(500);
    expect(received?.transfer?.summary?.openQuestions).toContain('Why?');
    const history = JSON.stringify(await driver.handle.fetchHistory(), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
    );
    expect(history).not.toContain('the clause nobody reads');
    expect(history).not.toContain('not for legal');
    expect(history).not.toContain('a draft that is long');
    // Everything that was said ends in the store, the last words too.
    const { trace } = await driver.view();
    expect(context.messagesOf(trace).map((message) => message.sequence)).toEqual(
      (await driver.view()).transcript.map((message) => message.sequence),
    );
  } finally {
    await bed.close();
  }
});

test('a user is told in their own language that the case changes hands, byte for byte (X7, T5)', async () => {
  const pool = unique('pool');
  const name = 'मीरा 👩🏽‍💻 ‏عربي‎ தமிழ் తెలుగు';
  let received: Turn<JsonObject> | undefined;
  const intake = agent('intake', pool, () => transfer('billing', { order: name }));
  const billing = agent('billing', pool, (turn) => {
    received = turn;
    return finish('done', 'ठीक है');
  });
  const team = defineTeam({
    name: unique('desk'),
    start: intake,
    edges: [edge(intake, billing), escalate(billing, desk)],
  });
  const bed = await openBed({ teams: [team], caching: ['cached', 'uncached'] });
  try {
    for (const caching of ['cached', 'uncached'] as const) {
      const user = { id: 'u-1', name, locale: 'hi-IN', preferences: { script: 'Deva' } };
      const driver = await openCase(bed, team, { message: { id: 'm1', text: name }, user }, caching);
      await driver.result();
      expect(received?.facts).toEqual({ order: name });
      expect(received?.user).toEqual(user);
      expect(received?.conversation[0]?.text).toBe(name);
      const told = (await driver.view()).transcript.find((message) => message.from.kind === 'system');
      expect(told?.text).toBe('अब आपकी मदद billing करेगा। आपकी जानकारी उसके पास पहले से है।');
    }
  } finally {
    await bed.close();
  }
});

test('with 200 turns and 100 handoffs the history grows by the same amount every time', async () => {
  const pool = unique('pool');
  const paragraph = 'A sentence of the usual length, as users write them. '.repeat(20);
  const heard: number[] = [];
  const pingPong = (name: string, other: string): ReturnType<typeof agent> =>
    agent(name, pool, (turn) => {
      if (turn.transfer === undefined || turn.unanswered.length === 0 || turn.answers.length > 0)
        return transfer(other);
      heard.push(turn.conversation.length);
      return turn.transfer.to === name && turn.notices.length === 0 && mine(turn, name)
        ? transfer(other)
        : reply(`${name} heard ${String(turn.conversation.length)}: ${paragraph}`);
    });
  // Whoever answered last hands on what comes next.
  const mine = (turn: Turn<JsonObject>, name: string): boolean => {
    const last = turn.conversation.filter((message) => message.from.kind === 'agent').at(-1);
    return last?.from.kind === 'agent' && last.from.name === name;
  };
  const left = pingPong('left', 'right');
  const right = pingPong('right', 'left');
  const team = defineTeam({
    name: unique('long'),
    start: left,
    edges: [edge(left, right), edge(right, left), escalate(left, desk)],
    limits: { ...defaultLimits(), hops: 1_000 },
  });
  const bed = await openBed({ teams: [team], context: memoryContext() });
  try {
    const driver = await openCase(bed, team, { message: { id: 'm0', text: paragraph } });
    const sizes: number[] = [];
    let largest = 0;
    for (let round = 1; round <= 100; round += 1) {
      await driver.until((view) => view.stage === 'waiting-user' && view.hops === round);
      if (round % 25 === 0) {
        const measured = await sizesOf(driver.handle);
        sizes.push(measured.bytes);
        largest = Math.max(largest, measured.largest);
      }
      if (round < 100)
        await driver.handle.executeUpdate(MESSAGES.say, {
          args: [{ messageId: `m${String(round)}`, text: paragraph }],
        });
    }
    const growth = sizes.slice(1).map((size, index) => size - (sizes[index] ?? 0));
    console.log(
      `bytes after 25, 50, 75 and 100 handoffs: ${sizes.join(', ')}; largest payload ${String(largest)}`,
    );
    expect(Math.max(...growth) / Math.min(...growth)).toBeLessThan(1.15);
    expect(largest).toBeLessThan(262_144);
    // The agents saw all of it nevertheless.
    expect(Math.max(...heard)).toBe(100);
  } finally {
    await bed.close();
  }
}, 360_000);
