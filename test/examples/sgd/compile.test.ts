import { createIsSame } from '../../../examples/evals/sgd/same-value.ts';
import { regularForm } from '../../../examples/evals/sgd/regular-form.ts';
import { compileRoutes, travel } from '../../../examples/evals/sgd/routes.ts';
import { isNeverMended, scriptOf } from '../../../examples/evals/sgd/script.ts';
import { dialogueSchema, type Dialogue } from '../../../examples/evals/sgd/dialogue.ts';
import { smallFolder } from './small-folder.ts';

const dialogues = (): Dialogue[] => smallFolder().dialogues.map((one) => dialogueSchema().parse(one));

describe('what crosses, compiled from dialogues', () => {
  const routes = compileRoutes(travel(dialogues()));

  it('has one source for each sender, receiver and slot', () => {
    const lines = routes.mappings.map(
      ({ from, to, slot, source }) => `${from} -> ${to} ${slot} <- ${source.service} ${source.slot}`,
    );
    expect(lines).toEqual([
      'Salons_9 -> Cabs_9 destination <- Salons_9 street',
      'Salons_9 -> Cabs_9 town <- Weather_9 city',
      'Weather_9 -> Salons_9 day <- Weather_9 date',
      'Weather_9 -> Salons_9 place <- Weather_9 city',
    ]);
  });

  it('lets a fact through every service between its source and whoever needs it', () => {
    expect(routes.passing).toEqual([{ service: 'Salons_9', source: { service: 'Weather_9', slot: 'city' } }]);
  });

  it('starts where dialogues start', () => {
    expect(routes.starts).toEqual(['Salons_9', 'Weather_9']);
  });

  it('prefers the source most often meant, and lets the receiver read the other', () => {
    const all = dialogues();
    const [odd] = all.splice(1, 1);
    if (!odd) throw new Error('no dialogue');
    const other = structuredClone(odd);
    const carried = other.handoffs[0]?.carried[0];
    if (carried) carried.fromSlot = 'place';
    const compiled = compileRoutes(travel([...all, odd, { ...other, id: 'other' }]));
    const mapping = compiled.mappings.find((one) => one.to === 'Cabs_9' && one.slot === 'destination');
    expect(mapping?.source.slot).toBe('street');
    expect(compiled.passing).toContainEqual({
      service: 'Cabs_9',
      source: { service: 'Salons_9', slot: 'place' },
    });
  });
});

describe('a script', () => {
  const travelled = travel(dialogues());
  const routes = compileRoutes(travelled);
  const [mended] = travelled.map((one) => scriptOf(one, routes));

  it('goes the way of who answers, a handoff counted late included', () => {
    const ways = mended?.exchanges.map((one) => one.hops.map((hop) => hop.service).join(' '));
    expect(ways).toEqual([
      'Weather_9',
      'Weather_9 Salons_9',
      'Salons_9',
      'Salons_9 Cabs_9',
      'Cabs_9',
      'Cabs_9 Salons_9',
    ]);
  });

  it('holds no value that nobody says: services take them from the handoff', () => {
    const [, find, , cab] = mended?.exchanges ?? [];
    expect(find?.call).toEqual({ intent: 'FindSalon', slots: {}, taken: ['place'] });
    expect(cab?.call).toEqual({ intent: 'BookCab', slots: { seats: '2' }, taken: ['town', 'destination'] });
    expect(JSON.stringify(cab)).not.toContain('Pune');
    expect(JSON.stringify(cab)).not.toContain('Hill Road');
  });

  it('knows what the user accepted by what the service offered', () => {
    expect(mended?.exchanges[3]?.hops[0]?.notes).toEqual({ hour: { value: '18:00', said: ['6 pm'] } });
  });

  it('gives up where the last failure is never mended', () => {
    expect(dialogues().map(isNeverMended)).toEqual([false, true]);
  });
});

describe('values said in other words', () => {
  const isSame = createIsSame(dialogues());

  it.each([
    ['2019-03-09', 'March 9th', true],
    ['2019-03-09', 'the 9th', true],
    ['2019-03-09', 'March 10th', false],
    ['2019-03-01', 'later today', true],
    ['Pune', 'pune', true],
    ['Pune', 'Puna', false],
    ['14:30', '2:30 pm', true],
    ['14:30', '2:30', false],
    ['2', 'two', true],
    ['12', '2', false],
  ])('%s is %s: %s', (arrived, expected, same) => {
    expect(isSame({ value: arrived, said: [] }, expected)).toBe(same);
  });

  it.each([
    ['march 9th', '2019-03-09'],
    ['9th of march', '2019-03-09'],
    ['11th of this month', '2019-03-11'],
    ['tomorrow', '2019-03-02'],
    ['next friday', '2019-03-08'],
    ['monday next week', '2019-03-04'],
    ['this saturday', '2019-03-02'],
    ['quarter to moon', undefined],
    ['5', undefined],
    ['noonday', undefined],
  ])('%s is written %s', (words, written) => {
    expect(regularForm(words)).toBe(written);
  });
});
