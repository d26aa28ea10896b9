import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { DirectoryQuestion } from '../../contract/directory.ts';
import type { PeopleDirectory } from '../../contract/ports.ts';
import { openPeopleFile, readPeopleText } from '../../stores/directory/people-file.ts';
import type { Hours } from '../../stores/directory/people-schema.ts';
import { afterWorking, isOpen, opensAt } from '../../stores/directory/working-time.ts';

const FILE = `version: 1.0.0
hours:
  office:
    zone: Europe/Berlin
    days: { mon: ['09:00-12:00', '13:00-17:00'], tue: ['09:00-17:00'], fri: ['09:00-17:00'] }
    closed: ['2026-01-06']
  night: { zone: Asia/Kolkata, days: { mon: ['22:00-06:00'] } }
pools:
  desk: { hours: office }
people:
  ana: { pools: [desk], roles: [lead, clerk], languages: [de, en-GB], skills: [cards],
         delegates: [{ to: cy, from: '2026-01-05T00:00:00Z', until: '2026-01-06T00:00:00Z', roles: [lead, king] }] }
  ben: { pools: [desk], roles: [clerk], languages: [ta], until: '2026-01-31T00:00:00+01:00' }
  cy: { pools: [board] }
  dee: { pools: [desk], roles: [clerk], hours: night }
`;
/** A Monday, ten in the morning in Berlin. */
const MONDAY = '2026-01-05T09:00:00.000Z';
const HOUR = 3_600_000;

let folder: string;
let file: string;
let directory: PeopleDirectory;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-people-'));
  file = path.join(folder, 'people.yaml');
  await writeFile(file, FILE);
  directory = await openPeopleFile(file);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function question(change: Partial<DirectoryQuestion> = {}): DirectoryQuestion {
  return {
    caseId: 'c',
    team: 't',
    pool: 'desk',
    staffing: {},
    occasion: { kind: 'case-arrived' },
    at: MONDAY,
    from: MONDAY,
    intervals: [],
    ...change,
  };
}

test('people of a pool are those who are named for it and have what it takes, with whoever acts for them', async () => {
  expect(await directory.consult(question({ staffing: { roles: ['lead'], skills: ['cards'] } }))).toEqual({
    people: {
      ana: { roles: ['lead', 'clerk'] },
      cy: {
        roles: [],
        deputy: true,
        // Nobody lends what they do not have.
        actsFor: [
          {
            person: 'ana',
            roles: ['lead'],
            from: '2026-01-05T00:00:00.000Z',
            until: '2026-01-06T00:00:00.000Z',
          },
        ],
      },
    },
    open: true,
    instants: [],
    assigned: 'ana',
  });
  const { people } = await directory.consult(question({ at: '2026-02-02T09:00:00Z' }));
  // Ben has left, and nobody acts for Ana any more.
  expect(Object.keys(people)).toEqual(['ana', 'dee']);
});

test('instants are of working time: through the lunch break, over closed days and the weekend', async () => {
  const { instants } = await directory.consult(question({ intervals: [HOUR, 3 * HOUR, 10 * HOUR] }));
  expect(instants).toEqual([
    '2026-01-05T10:00:00.000Z',
    '2026-01-05T13:00:00.000Z',
    // Tuesday is closed, Wednesday and Thursday have no hours: Friday, four hours into the day.
    '2026-01-09T12:00:00.000Z',
  ]);
});

test('a closed pool says when it opens', async () => {
  const evening = await directory.consult(question({ at: '2026-01-05T18:00:00Z' }));
  expect(evening).toMatchObject({ open: false, opensAt: '2026-01-09T08:00:00.000Z' });
});

test('first whoever had the case last, then whoever speaks the language, then the least busy', async () => {
  const loads = (): Promise<Record<string, number>> => Promise.resolve({ ana: 3, ben: 1, cy: 5 });
  const busy = await openPeopleFile(file, { loads });
  const assigned = async (change: Partial<DirectoryQuestion>): Promise<string | undefined> =>
    (await busy.consult(question(change))).assigned;
  expect(await assigned({})).toBe('ben');
  expect(await assigned({ last: 'ana' })).toBe('ana');
  // Dee works at night, in another place.
  expect(await assigned({ last: 'dee' })).toBe('ben');
  expect(await assigned({ language: 'de-AT', staffing: { language: 'user' } })).toBe('ana');
  expect(await assigned({ language: 'hi', staffing: { language: 'user' } })).toBe('ben');
  const counting = await openPeopleFile(file);
  const given = [];
  for (let time = 0; time < 3; time += 1) given.push((await counting.consult(question())).assigned);
  // Cy acts for Ana, and has no hours of an own: those of the pool.
  expect(given).toEqual(['ana', 'ben', 'cy']);
});

test('the file is read again once it has changed, and a bad one says where and does not count', async () => {
  await writeFile(file, FILE.replace('  ben:', '  bea:'));
  expect(Object.keys((await directory.consult(question())).people)).toContain('bea');
  await writeFile(file, FILE.replace('hours: night }', 'hours: nights }'));
  await utimes(file, new Date(0), new Date(0));
  await expect(directory.consult(question())).rejects.toMatchObject({
    code: 'DIRECTORY_INVALID',
    message: expect.stringContaining(`${file}:15:41: people.dee.hours: there are no hours nights`) as string,
  });
  await writeFile(file, FILE);
});

test.each([
  ['version: 9\npeople: {}', '1: version'],
  ['version: 1.0.0\npeople:\n  ana: { pools: [desk], role: [x] }', '3: people.ana.role'],
  ['version: 1.0.0\npeople: {}\nhours:\n  day: { zone: Mars/Base, days: { mon: [] } }', '4: hours.day.zone'],
  [
    "version: 1.0.0\npeople: {}\nhours:\n  day: { zone: UTC, days: { mon: ['9-5'] } }",
    '4: hours.day.days.mon.0',
  ],
  ['version: 1.0.0\npeople: [', '2: people'],
])('a fault has its line: %s', (text, says) => {
  const reading = readPeopleText(text);
  if (reading.ok) throw new Error('it was let pass');
  expect(reading.faults.map(({ line, field }) => `${String(line)}: ${field}`)).toContain(says);
});

const span = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 24 }))
  .map(([from, until]) => `${String(from).padStart(2, '0')}:00-${String(until).padStart(2, '0')}:00`);
const hours: fc.Arbitrary<Hours> = fc.record({
  zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'),
  days: fc.record({
    mon: fc.array(span, { minLength: 1, maxLength: 3 }),
    thu: fc.array(span, { maxLength: 2 }),
  }),
});
/** Within the days on which clocks change. */
const instants = fc.integer({
  min: Date.parse('2026-03-05T00:00:00Z'),
  max: Date.parse('2026-11-05T00:00:00Z'),
});

test('working time only grows while people work, whatever the zone and its clock changes', () => {
  fc.assert(
    fc.property(hours, instants, fc.nat(40 * HOUR), fc.nat(40 * HOUR), (place, from, first, more) => {
      const opens = opensAt(place, from) ?? 0;
      expect(isOpen(place, opens)).toBe(true);
      expect(isOpen(place, from)).toBe(opens === from);
      const one = afterWorking(place, from, first) ?? 0;
      const two = afterWorking(place, from, first + more) ?? 0;
      // Two steps are one, wherever the first ends.
      expect(afterWorking(place, one, more)).toBe(more === 0 ? opensAt(place, one) : two);
      expect(one).toBeGreaterThanOrEqual(from + first);
      // An instant at which work ends may be that of the result; just before it, people work.
      expect(first === 0 || isOpen(place, one - 1)).toBe(true);
    }),
  );
});
