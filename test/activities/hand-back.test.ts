import { z } from 'zod';
import { defineTeam, escalate, people, type TeamDefinition } from '../../activities/define-team.ts';
import { handBack } from '../../activities/hand-back.ts';
import { asTakenUp } from '../../activities/memory-edge.ts';
import { redactEnvelope } from '../../activities/privacy/redact-turn.ts';
import type { Envelope, HandedOver } from '../../contract/envelope.ts';
import { PARTIAL_RESULTS_BYTES } from '../../contract/limits.ts';
import { parseAgentTurn, type AgentTurn } from '../../contract/turn.ts';
import { agent, finish, reply } from '../support/agents.ts';
import { envelopeWith } from './activity-desk.ts';

const handedOver: HandedOver = {
  ...{ from: 'shop-desk', trace: 'trace-of-the-shop', effects: [] },
  provenance: [
    { step: 1, agent: 'shop-desk', agentVersion: '1.0.0', decision: 'x', reason: 'p@shop.com wants it' },
  ],
  takes: { intent: true, partialResults: ['found', 'draft'] },
};
const lets = {
  recordsRead: true,
  partialResults: z.object({ found: z.object({ by: z.string() }), sum: z.number() }),
} as const;
const memory = {
  intent: 'find it',
  recordsRead: ['depot/3'],
  partialResults: { found: { by: 'kim@carrier.com', shelf: 4 }, draft: 'Dear', sum: 40, own: 'mine' },
};
const clerk = agent('clerk', 'clerk', () => finish());

function team(handsBack: TeamDefinition['handsBack']) {
  const desk = people('desk', { ann: { roles: ['lead'] } });
  const more = handsBack ? { handsBack } : {};
  return defineTeam({ name: 'carrier', start: clerk, edges: [escalate(clerk, desk)], ...more }).manifest;
}

function turned(answer: ReturnType<typeof finish>): AgentTurn {
  const parsed = parseAgentTurn({ version: '1.0.0', ...answer });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const input = (changes: Partial<Envelope> = { handedOver }) => ({
  ...{ agent: 'clerk', envelope: envelopeWith({}, changes) },
});

test('what both sides name goes back, cut and masked; the rest is left behind by name', () => {
  const back = handBack(turned(finish()), input(), memory, team({ workingMemory: lets }));
  expect(back).toEqual({
    kind: 'crossing',
    crossing: {
      crossed: { partialResults: { found: { by: 'k***@carrier.com' } } },
      dropped: { intent: true, recordsRead: 1, partialResults: ['sum', 'own', 'found.shelf', 'draft'] },
    },
  });
});

test('a team that masks nothing on the way hands back what was said', () => {
  const back = handBack(turned(finish()), input(), memory, team({ workingMemory: lets, redact: 'nothing' }));
  expect(back).toMatchObject({
    crossing: { crossed: { partialResults: { found: { by: 'kim@carrier.com' } } } },
  });
});

test.each([
  ['nobody elsewhere has handed the case over', finish(), {}, { workingMemory: lets }],
  ['the team hands nothing back', finish(), { handedOver }, undefined],
  ['the case goes on', reply('Which one?'), { handedOver }, { workingMemory: lets }],
])('nothing goes back where %s', (_what, answer, changes, handsBack) => {
  expect(handBack(turned(answer), input(changes), memory, team(handsBack))).toEqual({ kind: 'nothing' });
});

test('nothing goes back with an answer to a question, nor what was not wanted', () => {
  const asked = { askId: 'a1', by: 'ann', reasonCode: 'x', question: 'Well?' };
  const lettingAll = team({ workingMemory: { ...lets, intent: true } });
  expect(handBack(turned(finish()), { ...input(), asked }, memory, lettingAll)).toEqual({ kind: 'nothing' });
  const { from = '', trace, effects, provenance } = handedOver;
  const unwanted = { from, trace, effects, provenance };
  expect(handBack(turned(finish()), input({ handedOver: unwanted }), memory, lettingAll)).toMatchObject({
    crossing: { dropped: { intent: true } },
  });
});

test('more than an answer may carry is for the agent to mend', () => {
  const large = { ...memory, partialResults: { found: { by: 'x'.repeat(PARTIAL_RESULTS_BYTES) } } };
  expect(handBack(turned(finish()), input(), large, team({ workingMemory: lets }))).toMatchObject({
    kind: 'refused',
    failure: { code: 'AGENT_OUTPUT_INVALID', field: 'workingMemory.partialResults' },
  });
});

test('what the workflow saw as references alone is cut by the first owner that reads it, and by nobody after', () => {
  const owner = {
    workingMemory: {
      partialResults: {
        type: 'object',
        properties: { seen: { type: 'object', properties: { place: { type: 'string' } } } },
      },
    },
  };
  const results = { seen: { place: 'Lyon', shelf: 4 }, own: { any: 1 } };
  expect(asTakenUp({ handedOver }, owner, results)).toEqual({ seen: { place: 'Lyon' }, own: { any: 1 } });
  expect(asTakenUp({}, owner, results)).toEqual(results);
  const transfer = { handoffId: 'h1' } as Envelope['transfer'];
  expect(asTakenUp({ handedOver, transfer }, owner, results)).toEqual(results);
});

test('behind a wall, what other houses say is masked like anything else', () => {
  const plain = envelopeWith({}, { handedOver });
  const walls = [{ after: -1, through: 9, kinds: ['email' as const] }];
  const transfer = {
    ...{ handoffId: 'h1', verb: 'transfer' as const, from: 'a', to: 'b', reasonCode: 'x', explanation: '' },
    ...{ path: [], walls },
  };
  const [decision] = handedOver.provenance;
  const told = { ...plain, transfer, provenance: [{ ...decision, elsewhere: handedOver }] } as Envelope;
  const seen = redactEnvelope(told);
  expect(JSON.stringify(seen)).not.toContain('p@shop.com');
  expect(seen.handedOver?.provenance[0]?.reason).toBe('p***@shop.com wants it');
});
