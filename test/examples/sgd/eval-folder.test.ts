import { rm } from 'node:fs/promises';
import { parseSgdOptions } from '../../../examples/evals/sgd/options.ts';
import { readFolder, readSkew, selectDialogues } from '../../../examples/evals/sgd/folder.ts';
import type { SmallFolder } from './small-folder.ts';
import { smallFolder, writeFolder } from './small-folder.ts';

const places: string[] = [];
afterAll(() => Promise.all(places.map((place) => rm(place, { recursive: true }))));

async function written(change: (folder: SmallFolder) => void, others = {}): Promise<string> {
  const folder = smallFolder();
  change(folder);
  const place = await writeFolder(folder, others);
  places.push(place);
  return place;
}

const first = (folder: SmallFolder): SmallFolder['dialogues'][number] => {
  const [dialogue] = folder.dialogues;
  if (!dialogue) throw new Error('no dialogue');
  return dialogue;
};

describe('a folder of dialogues', () => {
  it('is read whole where it is in order', async () => {
    const folder = await readFolder(await written(() => undefined));
    expect(folder.dialogues.map((one) => one.id)).toEqual(['mended', 'abandoned']);
  });

  it('is refused where it is missing, with what it should hold', async () => {
    await expect(readFolder('/nowhere')).rejects.toThrow(/schema\.json and dialogues\.jsonl/);
  });

  it.each<[string, (folder: SmallFolder) => void, RegExp]>([
    [
      'an unknown service',
      (f) => first(f).turns[0]?.frames.splice(0, 1, { service: 'X', acts: [] }),
      /dialogues\.jsonl:1: turns\.0\.frames\.0\.service: X is not/,
    ],
    [
      'a turn without words',
      (f) => Object.assign(first(f).turns[3] ?? {}, { utt: '' }),
      /dialogues\.jsonl:1: turns\.3\.utt/,
    ],
    ['an odd number of turns', (f) => first(f).turns.pop(), /turns: .* odd/],
    [
      'a handoff at a system turn',
      (f) => Object.assign(first(f).handoffs[0] ?? {}, { turn: 3 }),
      /handoffs\.0\.turn: 3 is not a turn of the user/,
    ],
    [
      'a carried slot that nobody has',
      (f) => Object.assign(first(f).handoffs[0]?.carried[0] ?? {}, { slot: 'moon' }),
      /handoffs\.0\.carried\.0\.slot: Salons_9 has no slot moon/,
    ],
    [
      'a call without a required slot',
      (f) => Object.assign(first(f).turns[11]?.frames[0]?.call ?? {}, { params: { day: 'x' } }),
      /turns\.11\.frames\.0\.call\.params\.hour: BookSalon requires it/,
    ],
    [
      'a call that the schema calls a look-up',
      (f) => Object.assign(first(f).turns[1]?.frames[0]?.call ?? {}, { transactional: true }),
      /transactional: schema\.json says false/,
    ],
    [
      'the same dialogue twice',
      (f) => f.dialogues.push(first(f)),
      /dialogues\.jsonl:3: id: mended is there twice/,
    ],
    ['no dialogue', (f) => f.dialogues.splice(0), /no dialogue in it/],
    [
      'two services of one name',
      (f) => f.schema.push(...f.schema.slice(0, 1)),
      /schema\.json: 3\.service_name: Weather_9/,
    ],
    [
      'a slot twice',
      (f) => f.schema[0]?.slots.push({ name: 'city' }),
      /schema\.json: 0\.slots\.3\.name: city is there twice/,
    ],
  ])('is refused with %s, naming file, line and field', async (_what, change, message) => {
    await expect(readFolder(await written(change))).rejects.toThrow(message);
  });

  it('is refused where a line is no JSON', async () => {
    const place = await written(() => undefined, { 'dialogues.jsonl': '{"id":\n' });
    await expect(readFolder(place)).rejects.toThrow(/dialogues\.jsonl:1: not JSON/);
  });

  it('finds a file of other names in the folder, and says which one is missing', async () => {
    const place = await written(() => undefined, { 'next.json': smallFolder().schema });
    await expect(readSkew(place, 'next.json')).resolves.toHaveLength(3);
    await expect(readSkew(place, 'none.json')).rejects.toThrow(/none\.json/);
  });

  it('names dialogues there are when one is unknown', async () => {
    const folder = await readFolder(await written(() => undefined));
    expect(() => selectDialogues(folder, ['moon'])).toThrow(/no dialogue moon .* mended, abandoned/);
  });
});

it.each([
  [[], /--data: missing/],
  [['--data', 'x', '--faults', 'F99'], /no rehearsal of F99/],
  [['--data', 'x', '--concurrency', '0'], /whole number from 1 to 64/],
  [['--data', 'x', '--moon'], /Usage: npm run eval -- sgd/],
])('refuses the command line %j', (args, message) => {
  expect(() => parseSgdOptions(args)).toThrow(message);
});
