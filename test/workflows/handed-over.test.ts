import type { CaseInput } from '../../contract/case.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { viewOf } from '../../workflows/view.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, transferTo, type Journey } from './model/journey.ts';
import { plainPlan, remembering, teamOf } from './model/teams.ts';

const write = {
  ...{ key: 'b'.repeat(64), step: 1, agent: 'shop-desk', tool: 'book' },
  ...({ status: 'committed', undo: 'by-key' } as const),
};
const decided = {
  ...{
    step: 1,
    agent: 'shop-desk',
    agentVersion: '1.0.0',
    decision: 'transfer carrier',
    reason: 'it is lost',
  },
};
const handedOver: NonNullable<CaseInput['handedOver']> = {
  from: 'shop-desk',
  trace: 'trace-of-the-shop',
  effects: [write],
  provenance: [decided],
  takes: { partialResults: ['found'] },
  memory: {
    intent: 'find it',
    recordsRead: ['orders/1'],
    partialResults: { draft: 'Dear', guess: 2, valueOf: 3, own: 'left' },
  },
};

/** ann takes up intent and some results, bob records, draft and guess. */
function team(handsBack?: TeamManifest['handsBack']): TeamManifest {
  const plain = remembering(teamOf(plainPlan()));
  return { ...plain, ...(handsBack ? { handsBack } : {}) };
}

const rowOf = (journey: Journey, kind: string) => journey.play.rows.find((row) => row.kind === kind)?.content;

test('a case of another house begins with what its first agent takes up; the rest is left behind, on record', () => {
  const journey = beginJourney(team(), false, { handedOver });
  const { envelope } = journey.turnInput();
  expect(envelope.memory.intent).toBe('find it');
  expect(envelope.memory.partialResults).not.toHaveProperty('own');
  expect(rowOf(journey, 'team-pinned')).toMatchObject({
    memory: {
      crossed: { intent: true },
      dropped: { partialResults: expect.arrayContaining(['own']) as string[] },
    },
  });
  const { from, trace, effects, provenance, takes } = handedOver;
  expect(envelope.handedOver).toEqual({ from, trace, effects, provenance, takes });
  // Nobody here takes back what was written there (I4).
  expect(journey.state().effects).toEqual([]);
});

test('every owner is told of it, and the edges of the team cut the working memory as ever', () => {
  const journey = beginJourney(team(), false, { handedOver });
  journey.turns(transferTo('bob'));
  const step = journey.play.world.outstanding.map((one) => one.step).find((one) => one.kind === 'handoff');
  if (step?.kind !== 'handoff') throw new Error('no handoff');
  expect(step.input.envelope).toMatchObject({ handedOver: { trace: 'trace-of-the-shop', effects: [write] } });
  expect(step.input.envelope.memory.intent).toBeUndefined();
  endPlay(journey.play);
});

test('a case of this house alone says nothing of another, and nothing goes back', () => {
  const journey = beginJourney(team({}));
  expect(journey.turnInput().envelope).not.toHaveProperty('handedOver');
  expect(rowOf(journey, 'team-pinned')).not.toHaveProperty('memory');
  finish(journey);
  expect(viewOf(journey.state())).not.toHaveProperty('handedBack');
});

function finish(journey: Journey): void {
  journey.turns(
    { kind: 'finish', outcome: 'done' },
    {},
    { handsBack: { crossed: { partialResults: { found: 'Lyon' } }, dropped: { intent: true } } },
  );
  journey.records();
}

test('what the finishing agent hands back is told once the case is closed, by name in its row', () => {
  const journey = beginJourney(team({}), false, { handedOver });
  expect(viewOf(journey.state())).not.toHaveProperty('handedBack');
  finish(journey);
  expect(journey.state().stage).toBe('closed');
  expect(viewOf(journey.state()).handedBack).toMatchObject({
    memory: { partialResults: { found: 'Lyon' } },
    effects: [],
    provenance: [{ agent: 'ann', decision: 'finish' }],
  });
  expect(rowOf(journey, 'turn-completed')).toMatchObject({
    memory: { crossed: { partialResults: ['found'] }, dropped: { intent: true } },
  });
  endPlay(journey.play);
});

test.each([
  ['masks nothing: reasons go, too', {}, 'because of p@shop.com'],
  ['masks: reasons stay, for no workflow detects anything', { redact: ['email' as const] }, undefined],
])('a team that %s', (_what, handsBack, reason) => {
  const journey = beginJourney(team(handsBack), false, { handedOver });
  journey.turns(
    { kind: 'finish', outcome: 'done' },
    {},
    {},
    { provenance: { reason: 'because of p@shop.com' } },
  );
  journey.records();
  expect(viewOf(journey.state()).handedBack?.provenance[0]?.reason).toBe(reason);
});

test('a team that hands nothing back says nothing, whatever was wanted', () => {
  const journey = beginJourney(team(), false, { handedOver });
  finish(journey);
  expect(viewOf(journey.state())).not.toHaveProperty('handedBack');
});
