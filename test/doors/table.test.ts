import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DOORS, FAULTS } from './table.ts';

const folder = import.meta.dirname;

test.each(Object.entries(DOORS))('%s has a test for every fault', (door, row) => {
  expect(Object.keys(row.tries)).toEqual([...FAULTS]);
  const source = readFileSync(path.join(folder, row.file), 'utf8');
  const [, cells] = source.split(`tryDoor(\n  '${door}',`);
  expect(cells).toBeDefined();
  for (const fault of FAULTS) expect(cells).toMatch(new RegExp(`^    '?${fault}'?: `, 'm'));
});

test('every row that is tried stands in the table', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const tried = files.flatMap((file) =>
    [...readFileSync(path.join(folder, file), 'utf8').matchAll(/^tryDoor\(\n\s+'(.+)',/gm)].map((one) => [
      one[1],
      file,
    ]),
  );
  expect(tried.toSorted()).toEqual(
    Object.entries(DOORS)
      .map(([door, row]) => [door, row.file])
      .toSorted(),
  );
});
