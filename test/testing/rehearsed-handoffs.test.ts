import { z } from 'zod';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import type { Agent, Turn } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';
import { rehearse } from '../../testing/index.ts';
import { agent, reply, transfer } from '../support/agents.ts';

const desk = people('desk', { ann: { roles: ['lead'] } });

function pair(to: Agent, facts: Parameters<typeof transfer>[1], masks = false): Team {
  const front = agent('front', 'p', () => ({ ...transfer(to.name, facts), facts: { secret: 'of front' } }));
  const aside = agent('aside', 'p', () => transfer(to.name));
  return defineTeam({
    name: 'rehearsed',
    start: front,
    edges: [
      edge(front, to, masks ? { redact: 'personal-data' } : {}),
      edge(front, aside),
      escalate(front, desk),
    ],
  });
}

test('a handoff pair: the receiver gets what crosses, and works with it', async () => {
  const seen: Turn<JsonObject>[] = [];
  const billing = agent(
    'billing',
    'p',
    (turn) => {
      seen.push(turn);
      return { intent: { kind: 'return', reasonCode: 'not-mine', explanation: 'of another house' } };
    },
    { accepts: z.object({ order: z.string() }) },
  );
  const stage = rehearse(pair(billing, { order: 'A1' }));
  const handing = await stage.turn('front', { says: ['I was charged twice', 'for A1'] });
  expect(handing.crossing).toEqual({ to: 'billing', facts: { order: 'A1' }, dropped: ['secret'] });
  const taken = await stage.handOver(handing);
  expect(taken).toMatchObject({ agent: 'billing', turn: { intent: { kind: 'return' } } });
  expect(seen[0]).toMatchObject({
    facts: { order: 'A1' },
    transfer: { from: 'front', reasonCode: 'next', path: ['front'] },
    unanswered: [{ text: 'I was charged twice' }, { text: 'for A1' }],
  });
  expect(await stage.handOver(taken)).toMatchObject({
    agent: 'front',
    turn: { intent: { kind: 'transfer' } },
  });
});

test('what an edge masks, the receiver of a pair does not see', async () => {
  const seen: string[] = [];
  const billing = agent('billing', 'p', (turn) => {
    seen.push(JSON.stringify([turn.facts, turn.conversation, turn.transfer]));
    return reply('I see.');
  });
  const stage = rehearse(pair(billing, { topic: 'card 4111 1111 1111 1111' }, true));
  const handing = await stage.turn('front', { says: 'It is 4111 1111 1111 1111' });
  await stage.handOver(handing);
  expect(seen).toHaveLength(1);
  expect(seen[0]).not.toMatch(/4111/);
  expect(seen[0]).toMatch(/It is/);
});

test('what crosses no edge, or what the receiver does not accept, is refused by its code', async () => {
  const strict = agent('strict', 'p', () => reply('Yes.'), { accepts: z.object({ order: z.string() }) });
  const stage = rehearse(pair(strict, {}));
  const lacking = await stage.turn('front');
  expect(lacking.crossing?.failure).toMatchObject({ code: 'AGENT_INPUT_INVALID' });
  await expect(stage.handOver(lacking)).rejects.toMatchObject({ code: 'AGENT_INPUT_INVALID' });
  const aside = await stage.turn('aside', { facts: { order: 'A1' } });
  await expect(stage.handOver(aside)).rejects.toMatchObject({ code: 'EDGE_MISSING' });
  const speaking = await stage.turn('strict', { facts: { order: 'A1' } });
  await expect(stage.handOver(speaking)).rejects.toThrow('hands nothing over');
});
