import type { CaseView, HandoffRecord } from '../../../contract/case.ts';
import type { JsonObject } from '../../../contract/json.ts';
import { dialogueSchema } from '../../../examples/evals/sgd/dialogue.ts';
import { judge } from '../../../examples/evals/sgd/judge.ts';
import { createServiceObservations } from '../../../examples/evals/sgd/observations.ts';
import type { DialogueReport } from '../../../examples/evals/sgd/report.ts';
import { isRight, sgdTotals } from '../../../examples/evals/sgd/report.ts';
import { compileRoutes, travel } from '../../../examples/evals/sgd/routes.ts';
import { createIsSame } from '../../../examples/evals/sgd/same-value.ts';
import { plainVocabulary } from '../../../examples/services/vocabulary.ts';
import { smallFolder } from './small-folder.ts';

const [dialogue] = smallFolder().dialogues.map((one) => dialogueSchema().parse(one));
if (!dialogue) throw new Error('no dialogue');
const [travelled] = travel([dialogue]);
if (!travelled) throw new Error('no way');

const slot = (value: string): JsonObject => ({ value, said: [] });
const arrived: Readonly<Record<string, JsonObject>> = {
  h1: { 'Salons_9/given/place': slot('Pune'), 'Salons_9/given/day': slot('2019-03-09') },
  h2: { 'Cabs_9/given/destination': slot('1 Hill Road'), 'Cabs_9/given/town': slot('Pune') },
};
const bookings: Readonly<Record<string, JsonObject>> = {
  'turn-6': { slots: { town: 'Pune', destination: '1 Hill Road', seats: '2' } },
  'turn-10': { slots: { day: '2019-03-09', hour: '18:00' } },
};

interface Play {
  readonly arrived?: typeof arrived;
  readonly bookings?: Readonly<Record<string, JsonObject>>;
  readonly handoffs?: readonly Partial<HandoffRecord>[];
  readonly turns?: readonly number[];
  readonly refused?: readonly string[];
}

const way = [
  ['weather-9', 'salons-9'],
  ['salons-9', 'cabs-9'],
  ['cabs-9', 'salons-9'],
] as const;

/** A case that went as it should, but for what a test changes. */
function judged(play: Play = {}): DialogueReport {
  if (!travelled) throw new Error('no way');
  const observations = createServiceObservations();
  const turns = play.turns ?? [2, 6, 10];
  for (const [index, turn] of turns.entries()) {
    const handoffId = `h${String(index + 1)}`;
    const saw = (play.arrived ?? arrived)[handoffId] ?? {};
    const refused = index === 0 ? (play.refused ?? ['turn-4']) : [];
    observations.add('case', { service: 'any', handoffId, turn, saw, refused });
  }
  const handoffs = way.map(([from, to], index) => ({
    ...{ id: `h${String(index + 1)}`, verb: 'transfer', from, to, acceptedAt: 'then', dropped: [] },
    ...play.handoffs?.[index],
  }));
  const view = { stage: 'closed', outcome: { kind: 'finished' }, saga: 'kept', handoffs, effects: [] };
  return judge({
    travelled,
    routes: compileRoutes([travelled]),
    vocabulary: plainVocabulary(),
    isSame: createIsSame([]),
    caseId: 'case',
    view: view as unknown as CaseView,
    problem: undefined,
    bookings: play.bookings ?? bookings,
    observations,
    disturbed: false,
    milliseconds: 1,
  });
}

const right = { handoffs: 2, routed: 2, carried: 4, lost: 0, wrong: 0, refused: 0, silent: 0, problems: [] };

it('finds nothing in a case that went as it should', () => {
  expect(judged()).toMatchObject(right);
  expect(isRight(sgdTotals([judged()]))).toBe(true);
});

it.each<[string, Play, object]>([
  [
    'a value that arrived as another is wrong',
    { arrived: { ...arrived, h2: { ...arrived['h2'], 'Cabs_9/given/town': slot('Delhi') } } },
    { wrong: 1, lost: 0 },
  ],
  [
    'a date that is another day is wrong',
    { arrived: { ...arrived, h1: { ...arrived['h1'], 'Salons_9/given/day': slot('2019-03-10') } } },
    { wrong: 1 },
  ],
  [
    'a value that did not arrive is lost, in silence where no record tells',
    { arrived: {} },
    { lost: 4, silent: 4 },
  ],
  [
    'a value that an edge says it left behind is lost, and not in silence',
    { arrived: { h1: arrived['h1'] ?? {} }, handoffs: [{}, { dropped: ['Salons_9/street'] }] },
    { lost: 2, silent: 1 },
  ],
  [
    'a value that an edge refused by name is refused, and not lost',
    {
      arrived: { h1: arrived['h1'] ?? {}, h2: { 'Cabs_9/given/town': slot('Pune') } },
      handoffs: [{}, { failure: { code: 'FACT_UNMAPPABLE', message: '', field: 'facts.Salons_9/street' } }],
    },
    { lost: 0, refused: 1, problems: [] },
  ],
  ['a handoff at another message is not routed', { turns: [2, 4, 10] }, { routed: 1 }],
  ['a handoff to somebody else is not routed', { handoffs: [{ to: 'cabs-9' }] }, { routed: 1 }],
  [
    'a call that failed and was committed is a problem',
    { bookings: { ...bookings, 'turn-4': { slots: {} } } },
    { problems: ['turn-4: was committed, and should not be'] },
  ],
  [
    'a call that was not committed is one',
    { bookings: {} },
    { problems: ['turn-6: was not committed', 'turn-10: was not committed'] },
  ],
  [
    'a call that nobody refused is one',
    { refused: [] },
    { problems: ['turn-4: the service did not refuse'] },
  ],
  [
    'a booking with another value is one',
    { bookings: { ...bookings, 'turn-10': { slots: { day: '2019-03-09', hour: '17:00' } } } },
    { problems: ['turn-10: booked hour "17:00", expected "18:00"'] },
  ],
])('%s', (_what, play, expected) => {
  const report = judged(play);
  expect(report).toMatchObject(expected);
  const fine = 'problems' in expected && Array.isArray(expected.problems) && expected.problems.length === 0;
  expect(report.problems.length === 0).toBe(fine);
  expect(isRight(sgdTotals([report]))).toBe(fine);
});
