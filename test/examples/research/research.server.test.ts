import { researchTeam } from '../../../examples/research/research-team.ts';
import { openBed, unique, type Bed } from '../../support/bed.ts';
import { openCase } from '../../support/case-driver.ts';

const library = {
  papers: { tides: 'The moon pulls.' },
  maps: { tides: 'High water at noon.', islands: 'There are three.' },
  letters: {},
};
const titles = new Map<string, readonly string[]>();
const titlesOf = (caseId: string): readonly string[] => titles.get(caseId) ?? [];
const team = researchTeam(unique('research'), library, {
  add: (caseId, title) => titles.set(caseId, [...titlesOf(caseId), title].toSorted()),
  remove: (caseId, title) =>
    titles.set(
      caseId,
      titlesOf(caseId).filter((one) => one !== title),
    ),
});
let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
});
afterAll(() => bed.close());

test('two of three researchers are enough for a report, and what they found is on the list', async () => {
  const driver = await openCase(bed, team, { message: { id: 'q', text: 'tides' } });
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'reported' }, path: ['supervisor'] });
  expect((await driver.view()).transcript.at(-1)?.text).toBe(
    'papers: The moon pulls.\nmaps: High water at noon.\nletters: nothing',
  );
  expect(titlesOf(driver.id)).toEqual(['maps: tides', 'papers: tides']);
});

test('where one of three knows anything there is no report, and the list is empty again', async () => {
  const driver = await openCase(bed, team, { message: { id: 'q', text: 'islands' } });
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'not-enough' } });
  expect(titlesOf(driver.id)).toEqual([]);
});
