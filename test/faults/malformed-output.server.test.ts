import type { Answer } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { compareLedger } from '../support/ledger-of-history.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: [] } });
/** Cases whose receiver was started. */
const received = new Set<string>();

/** What a model may say instead of a turn, and what the validator must say of it. */
const malformed: Readonly<Record<string, readonly [unknown, RegExp]>> = {
  nothing: [undefined, /turn/],
  text: ['transfer to receiver', /turn/],
  list: [[{ intent: { kind: 'finish', outcome: 'x' } }], /turn/],
  'no intent': [{ say: 'hello' }, /turn\.intent/],
  'unknown intent': [{ intent: { kind: 'hand-over', to: 'receiver' } }, /turn\.intent\.kind/],
  'a wrong type': [{ intent: { kind: 'transfer', to: 7, reasonCode: 'next' } }, /turn\.intent\.to/],
  'a wrong type in depth': [
    { intent: { kind: 'call', calls: [{ id: 'c1', tool: 'x', arguments: 'all' }] } },
    /turn\.intent\.calls\.0\.arguments/,
  ],
  'an extra key': [
    { intent: { kind: 'transfer', to: 'receiver', reasonCode: 'next', fact: { topic: 'lost' } } },
    /turn\.intent: .*"fact"/,
  ],
  'an extra key at the top': [{ ...transfer('receiver'), owner: 'receiver' }, /turn: .*"owner"/],
  'not a number': [
    { ...transfer('receiver'), provenance: { confidence: Number.NaN } },
    /turn\.provenance\.confidence/,
  ],
  'not a number among facts': [{ ...transfer('receiver'), facts: { sum: Number.NaN } }, /turn\.facts/],
  'an infinite number': [transfer('receiver', { sum: Infinity }), /turn\.intent\.facts/],
  'a prototype': [
    JSON.parse('{"intent":{"kind":"transfer","to":"receiver","reasonCode":"next","__proto__":{"to":"x"}}}'),
    /turn\.intent: .*__proto__/,
  ],
  'a prototype among facts': [
    JSON.parse('{"intent":{"kind":"finish","outcome":"x"},"facts":{"__proto__":{"admin":true}}}'),
    /turn\.facts/,
  ],
};

const scripted = agent('scripted', pool, (turn) => {
  if (turn.facts.topic === 'mended') return transfer('receiver', { topic: 'mended' });
  // What comes from a model has the type that it has.
  return malformed[turn.task.definition]?.[0] as Answer;
});
const receiver = agent('receiver', pool, (turn) => {
  received.add(turn.caseId);
  return finish('in the end');
});
const team = defineTeam({
  name: unique('malformed'),
  start: scripted,
  edges: [edge(scripted, receiver), escalate(scripted, desk)],
  limits: { repairs: 2 },
});

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
});
afterAll(async () => {
  await bed.close();
});

test.each(Object.keys(malformed))(
  'F14: %s for an answer: two repairs, a dead letter with the issues, and a corrected redrive',
  async (what) => {
    const driver = await openCase(bed, team, { task: { definition: what } });
    const parked = await driver.until((view) => view.stage === 'parked' || view.outcome !== undefined);
    expect(parked).toMatchObject({
      stage: 'parked',
      owner: 'scripted',
      handoffs: [],
      deadLetters: [{ id: 'd1', kind: 'turn', status: 'open', failure: { code: 'AGENT_OUTPUT_INVALID' } }],
    });
    const [letter] = parked.deadLetters;
    expect(letter?.failure.message).toMatch(malformed[what]?.[1] ?? /never/);
    // Two repairs are two more turns, each told what was wrong.
    expect(letter?.attempts).toHaveLength(3);
    expect(received.has(driver.id)).toBe(false);

    const correction = { topic: 'mended' };
    await driver.send(MESSAGES.redrive, {
      deadLetterId: 'd1',
      by: 'ann',
      reason: 'the prompt is mended',
      correction,
    });
    expect(await driver.result()).toMatchObject({ outcome: { outcome: 'in the end' }, hops: 1 });
    expect(received.has(driver.id)).toBe(true);
    const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
    expect(stored).toEqual(told);
    expect(stored.filter((row) => row.kind === 'turn-refused')).toHaveLength(3);
  },
);
