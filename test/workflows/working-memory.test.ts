import type { TurnInput } from '../../contract/activities.ts';
import type { HandoffRecord } from '../../contract/case.ts';
import type { TeamManifest } from '../../contract/team.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, reply, transferTo, type Journey } from './model/journey.ts';
import { asking, plainPlan, remembering, teamOf, type Plan } from './model/teams.ts';

const edge = (from: number, to: number, fallback: readonly number[] = []): Plan['edges'][number] => ({
  ...{ from, to, approval: 'none' as const, noReturn: false, fallback },
});
/** ann takes up intent and all results; bob records, draft and guess; constructor intent, records and draft. */
const three = (): TeamManifest =>
  remembering(
    asking(
      teamOf(
        plainPlan({
          agents: 3,
          edges: [edge(0, 1, [2]), edge(0, 2)],
          accepts: [[0], [0], [0], []],
          limits: { ...plainPlan().limits, fallbacks: 2 },
        }),
      ),
    ),
  );
const stated = {
  recordsRead: ['orders/1'],
  workingMemory: {
    intent: 'find who was charged twice',
    partialResults: { draft: 'Dear', guess: 2, valueOf: 3 },
  },
};

function memoryTold(journey: Journey): TurnInput['envelope']['memory'] {
  const step = journey.play.world.outstanding.map((one) => one.step).find((one) => one.kind === 'handoff');
  if (step?.kind === 'handoff') return step.input.envelope.memory;
  return journey.turnInput().envelope.memory;
}

const lastHandoff = (journey: Journey): HandoffRecord | undefined => journey.state().handoffs.at(-1);

test('a transfer hands on what the receiver takes up, tells what was left, and offers the same to be measured', () => {
  const journey = beginJourney(three());
  journey.turns(transferTo('bob'), {}, {}, stated);
  expect(memoryTold(journey)).toEqual({
    facts: {},
    recordsRead: ['orders/1'],
    partialResults: { draft: 'Dear', guess: 2 },
  });
  expect(lastHandoff(journey)?.memory).toEqual({
    crossed: { recordsRead: 1, partialResults: ['draft', 'guess'] },
    dropped: { intent: true, partialResults: ['valueOf'] },
  });
  expect(journey.play.rows.find((row) => row.kind === 'handoff-offered')?.content['memory']).toEqual(
    lastHandoff(journey)?.memory,
  );
  endPlay(journey.play);
});

test('a stand-in gets what it takes up itself, and not what its forerunner would have', () => {
  const journey = beginJourney(three());
  journey.turns(transferTo('bob'), {}, {}, stated);
  journey.declines();
  expect(lastHandoff(journey)?.to).toBe('constructor');
  expect(memoryTold(journey)).toEqual({
    intent: stated.workingMemory.intent,
    facts: {},
    recordsRead: ['orders/1'],
    partialResults: { draft: 'Dear' },
  });
  expect(lastHandoff(journey)?.memory?.dropped).toEqual({ partialResults: ['guess', 'valueOf'] });
  endPlay(journey.play);
});

test('a receiver that fails hands back what it had worked out', () => {
  const journey = beginJourney(three());
  journey.turns(transferTo('bob'), {}, {}, stated);
  journey.turns(reply(), {}, {}, { workingMemory: { intent: 'pay back', partialResults: { guess: 4 } } });
  journey.says('m2');
  journey.turnFails();
  expect(lastHandoff(journey)).toMatchObject({ verb: 'return', to: 'ann' });
  expect(memoryTold(journey)).toEqual({
    intent: 'pay back',
    facts: {},
    recordsRead: ['orders/1'],
    partialResults: { draft: 'Dear', guess: 4, valueOf: 3 },
  });
  // ann takes up no records: those of bob stay with it, and that is told.
  expect(lastHandoff(journey)?.memory?.dropped).toEqual({ recordsRead: 1 });
  endPlay(journey.play);
});

test('whoever is asked gets what it takes up, and hands back what the asker does; what it was after stays with it', () => {
  const journey = beginJourney(three());
  const ask = { kind: 'ask' as const, to: 'bob', reasonCode: 'sum', question: 'How much?' };
  journey.turns(ask, {}, {}, stated);
  expect(memoryTold(journey)).toMatchObject({ partialResults: { draft: 'Dear', guess: 2 } });
  expect(memoryTold(journey)).not.toHaveProperty('intent');
  const learnt = { intent: 'add it up', partialResults: { guess: 41 } };
  journey.turns(reply(), {}, {}, { workingMemory: learnt, recordsRead: ['invoices/9'] });
  expect(memoryTold(journey)).toEqual({
    intent: stated.workingMemory.intent,
    facts: {},
    recordsRead: ['orders/1'],
    partialResults: { draft: 'Dear', guess: 41, valueOf: 3 },
  });
  const row = (kind: string): unknown =>
    journey.play.rows.find((one) => one.kind === kind)?.content['memory'];
  expect(row('ask-opened')).toEqual({
    crossed: { recordsRead: 1, partialResults: ['draft', 'guess'] },
    dropped: { intent: true, partialResults: ['valueOf'] },
  });
  expect(row('ask-answered')).toEqual({
    crossed: { partialResults: ['draft', 'guess'] },
    dropped: { recordsRead: 2 },
  });
  journey.turns(reply());
  endPlay(journey.play);
});

test('people get all of it, and give back what they make of it', () => {
  const journey = beginJourney(three());
  journey.turns({ kind: 'escalate', to: 'desk', reasonCode: 'stuck' }, {}, {}, stated);
  const { workingMemory, recordsRead } = stated;
  expect(journey.state().memory['people:desk']).toMatchObject({ ...workingMemory, recordsRead });
  expect(lastHandoff(journey)?.memory).toEqual({
    crossed: { intent: true, recordsRead: 1, partialResults: ['draft', 'guess', 'valueOf'] },
    dropped: {},
  });
  journey.dispatch({
    kind: 'gave-back',
    message: {
      by: 'pam',
      note: 'go on',
      to: 'constructor',
      intent: 'pay half',
      partialResults: { draft: null },
    },
  });
  expect(memoryTold(journey)).toEqual({ intent: 'pay half', facts: {}, recordsRead: ['orders/1'] });
  endPlay(journey.play);
});

test('in a team that takes up nothing, records stay where they were read, and envelopes are what they were', () => {
  const team = teamOf(plainPlan({ edges: [edge(0, 1)] }));
  const journey = beginJourney(team);
  journey.turns(transferTo('bob'), {}, {}, { recordsRead: ['orders/1'] });
  expect(memoryTold(journey)).toEqual({ facts: {}, recordsRead: [] });
  expect(lastHandoff(journey)?.memory).toEqual({ crossed: {}, dropped: { recordsRead: 1 } });
  journey.turns(reply());
  endPlay(journey.play);
});
